-- Under which address somebody gets mail, in lower case.
ALTER TABLE person ADD COLUMN email TEXT;
CREATE INDEX person_by_email ON person (email);

-- Mail that was sent and has not left yet: it can still be taken back.
CREATE TABLE outgoing (
    scope   TEXT    NOT NULL,
    id      TEXT    NOT NULL,
    blob_id TEXT    NOT NULL,
    -- A JSON array of addresses.
    recipients TEXT NOT NULL,
    sender  TEXT    NOT NULL,
    -- Unix seconds.
    due     INTEGER NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outgoing_by_due ON outgoing (due);

-- When somebody's absence was last told to whom.
CREATE TABLE absence_told (
    scope   TEXT    NOT NULL,
    address TEXT    NOT NULL,
    told    INTEGER NOT NULL,
    PRIMARY KEY (scope, address)
) STRICT, WITHOUT ROWID;

-- What the school's profile says and a delivery needs.
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
