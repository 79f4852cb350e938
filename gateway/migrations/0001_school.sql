-- The embedded school and the sessions of its people.

-- One counter for the whole database: every change of an object takes the next number, so the order of
-- numbers is the order of commits. A fresh epoch invalidates every state string of an earlier database.
CREATE TABLE counter (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    epoch  TEXT    NOT NULL,
    modseq INTEGER NOT NULL
) STRICT;
INSERT INTO counter VALUES (1, lower(hex(randomblob(8))), 0);

CREATE TABLE person (
    login      TEXT PRIMARY KEY,
    account_id TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL,
    class      TEXT,
    -- PHC string of Argon2id; none for those who cannot log in.
    password   TEXT
) STRICT;

-- Every object of every type. `scope` says whose it is: user:LOGIN, class:CLASS or school.
CREATE TABLE object (
    scope     TEXT    NOT NULL,
    type      TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    -- The number of the change that made it, and of the last one.
    created   INTEGER NOT NULL,
    modseq    INTEGER NOT NULL,
    -- Unix seconds; none while it lives.
    destroyed INTEGER,
    -- As JMAP answers it.
    json      TEXT    NOT NULL,
    -- What queries sort and filter by: a day and a place within it.
    day       TEXT,
    rank      INTEGER,
    PRIMARY KEY (scope, type, id)
) STRICT;
CREATE UNIQUE INDEX object_by_modseq  ON object (scope, type, modseq);
CREATE INDEX        object_by_created ON object (scope, type, created);
CREATE INDEX        object_by_day     ON object (scope, type, day, rank) WHERE day IS NOT NULL;
CREATE INDEX        object_destroyed  ON object (destroyed) WHERE destroyed IS NOT NULL;

-- Up to which number destroyed objects have been forgotten.
CREATE TABLE compacted (
    scope  TEXT    NOT NULL,
    type   TEXT    NOT NULL,
    modseq INTEGER NOT NULL,
    PRIMARY KEY (scope, type)
) STRICT, WITHOUT ROWID;

-- Of each living Email what queries and threads need; the rest is in its object.
CREATE TABLE email (
    scope       TEXT    NOT NULL,
    id          TEXT    NOT NULL,
    blob_id     TEXT    NOT NULL,
    thread_id   TEXT    NOT NULL,
    received_at TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    -- The sender's Message-ID, by which a new copy of the same mail finds its keywords.
    message_id  TEXT,
    PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX email_by_thread   ON email (scope, thread_id);
CREATE INDEX email_by_blob     ON email (blob_id, scope);
CREATE INDEX email_by_received ON email (scope, received_at);

CREATE TABLE email_mailbox (
    scope      TEXT NOT NULL,
    email_id   TEXT NOT NULL,
    mailbox_id TEXT NOT NULL,
    PRIMARY KEY (scope, mailbox_id, email_id),
    FOREIGN KEY (scope, email_id) REFERENCES email (scope, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX email_mailbox_by_email ON email_mailbox (scope, email_id);

CREATE TABLE email_keyword (
    scope    TEXT NOT NULL,
    email_id TEXT NOT NULL,
    keyword  TEXT NOT NULL,
    PRIMARY KEY (scope, email_id, keyword),
    FOREIGN KEY (scope, email_id) REFERENCES email (scope, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- By which a new mail finds its thread: SHA-256 of a Message-ID that a mail of the thread names, together
-- with its subject without Re: and the like (RFC 8621 §3).
CREATE TABLE thread_key (
    scope     TEXT NOT NULL,
    key       TEXT NOT NULL,
    thread_id TEXT NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_key_by_thread ON thread_key (scope, thread_id);

-- Whole messages, by their SHA-256.
CREATE TABLE blob (
    id    TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE session (
    -- SHA-256 of the cookie's token.
    token      BLOB PRIMARY KEY,
    login      TEXT    NOT NULL,
    device     TEXT    NOT NULL CHECK (device IN ('own', 'shared')),
    -- Unix seconds.
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_expiry ON session (expires_at);
