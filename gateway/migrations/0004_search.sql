-- What queries sort and filter mails by. The words of a mail are in `email_words`, folded before they come
-- there: a search folds its words in the same way. `number` joins the two; the word index keeps no texts.
CREATE TABLE email_search (
    number         INTEGER PRIMARY KEY,
    scope          TEXT    NOT NULL,
    email_id       TEXT    NOT NULL,
    has_attachment INTEGER NOT NULL,
    -- UTC; empty where the message has no date.
    sent_at        TEXT    NOT NULL,
    -- Keys of i;unicode-casemap.
    subject_key    TEXT    NOT NULL,
    from_key       TEXT    NOT NULL,
    to_key         TEXT    NOT NULL,
    -- A JSON array of [name, value], lower case and decoded.
    headers        TEXT    NOT NULL,
    UNIQUE (scope, email_id)
) STRICT;

CREATE VIRTUAL TABLE email_words USING fts5 (
    owner, sender, recipient, copied, hidden, subject, body,
    content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 0"
);
