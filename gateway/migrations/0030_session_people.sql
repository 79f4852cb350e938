-- A browser in which several people are logged in, on a family's tablet: one token, a row for each of them.

CREATE TABLE session_of_several (
    -- SHA-256 of the cookie's token.
    token      BLOB    NOT NULL,
    login      TEXT    NOT NULL,
    device     TEXT    NOT NULL CHECK (device IN ('own', 'shared')),
    -- Unix seconds.
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (token, login)
) STRICT, WITHOUT ROWID;
INSERT INTO session_of_several SELECT token, login, device, created_at, seen_at, expires_at FROM session;
DROP TABLE session;
ALTER TABLE session_of_several RENAME TO session;
CREATE INDEX session_by_expiry ON session (expires_at);
CREATE INDEX session_by_login ON session (login);
