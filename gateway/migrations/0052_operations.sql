-- Changes that a device has named and that were carried out: sent again, they are not carried out again.
CREATE TABLE operation (
    scope TEXT    NOT NULL,
    id    TEXT    NOT NULL,
    -- Unix seconds.
    at    INTEGER NOT NULL,
    PRIMARY KEY (scope, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX operation_by_time ON operation (at);
