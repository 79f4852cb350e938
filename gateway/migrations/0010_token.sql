-- App passwords of other clients.
CREATE TABLE token (
    -- Its public half, by which it is listed.
    id         TEXT PRIMARY KEY,
    -- SHA-256 of its secret half.
    hash       BLOB    NOT NULL,
    login      TEXT    NOT NULL REFERENCES person (login) ON DELETE CASCADE,
    -- What somebody called it, such as the client's name.
    name       TEXT    NOT NULL,
    access     TEXT    NOT NULL CHECK (access IN ('full', 'read-only')),
    -- Unix seconds.
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    -- Only the day: when exactly somebody reads mail is nobody's business.
    used_on    TEXT,
    UNIQUE (login, name)
) STRICT, WITHOUT ROWID;
