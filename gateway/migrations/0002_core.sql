-- The number of the last change beyond a mailbox's counters (RFC 8621 §2.2).
ALTER TABLE object ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
UPDATE object SET settled = modseq;

-- Bytes that somebody uploaded and that no mail holds yet.
CREATE TABLE upload (
    scope    TEXT    NOT NULL,
    blob_id  TEXT    NOT NULL,
    -- Unix seconds.
    uploaded INTEGER NOT NULL,
    PRIMARY KEY (scope, blob_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX upload_by_time ON upload (uploaded);
