-- Mailboxes and mails that an import made. What is not here is the person's own, and no import takes it.
CREATE TABLE imported (
    scope TEXT NOT NULL,
    id    TEXT NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
INSERT INTO imported SELECT scope, id FROM object WHERE type IN ('Email', 'Mailbox') AND destroyed IS NULL;

-- Imported mails that the person destroyed: the next import of the same folder leaves them out.
CREATE TABLE discarded (
    scope TEXT NOT NULL,
    id    TEXT NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
