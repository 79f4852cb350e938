-- The words of events and tasks, folded as those of mails are. `number` joins the two; the word index keeps
-- no texts.
CREATE TABLE entry_search (
    number INTEGER PRIMARY KEY,
    scope  TEXT NOT NULL,
    type   TEXT NOT NULL,
    id     TEXT NOT NULL,
    UNIQUE (scope, type, id)
) STRICT;

CREATE VIRTUAL TABLE entry_words USING fts5 (
    owner, words, content = '', contentless_delete = 1, prefix = '2 3',
    tokenize = "unicode61 remove_diacritics 0"
);
