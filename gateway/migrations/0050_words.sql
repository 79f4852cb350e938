-- One index of words for mails, events and tasks. What is in it was made from stored objects and is made anew.
DROP TABLE email_words;
DROP TABLE email_search;
DROP TABLE entry_words;
DROP TABLE entry_search;

-- Whose words: every word in the index begins with this number, so that a search meets nobody else's words,
-- however many there are.
CREATE TABLE word_owner (
    number INTEGER PRIMARY KEY,
    scope  TEXT NOT NULL,
    type   TEXT NOT NULL,
    UNIQUE (scope, type)
) STRICT;

-- What is in the index, and under which number.
CREATE TABLE indexed (
    number INTEGER PRIMARY KEY,
    scope  TEXT NOT NULL,
    type   TEXT NOT NULL,
    id     TEXT NOT NULL,
    UNIQUE (scope, type, id)
) STRICT;

-- Words come folded and with one space between them, hence the simplest tokenizer. No texts are kept.
CREATE VIRTUAL TABLE words USING fts5 (
    sender, recipient, copied, hidden, subject, body, content = '', contentless_delete = 1, tokenize = 'ascii'
);
-- An import's words are sorted in memory and merged seldom.
INSERT INTO words (words, rank) VALUES ('hashsize', 16777216), ('automerge', 8);

-- What queries sort and filter mails by, beside their words.
CREATE TABLE email_search (
    number         INTEGER PRIMARY KEY,
    has_attachment INTEGER NOT NULL,
    -- UTC; empty where the message has no date.
    sent_at        TEXT    NOT NULL,
    -- Keys of i;unicode-casemap.
    subject_key    TEXT    NOT NULL,
    from_key       TEXT    NOT NULL,
    to_key         TEXT    NOT NULL,
    -- A JSON array of [name, value], lower case and decoded.
    headers        TEXT    NOT NULL
) STRICT;

-- The number in `indexed`; none until it is there.
ALTER TABLE email ADD COLUMN number INTEGER;
CREATE INDEX email_by_number ON email (scope) WHERE number IS NULL;

-- Newest first is how mails are listed: all that a query by words needs stands in this index.
DROP INDEX email_by_received;
CREATE INDEX email_by_received ON email (scope, received_at, id, number, thread_id);
