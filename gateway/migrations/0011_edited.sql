-- What a person made, changed or destroyed in the own calendars and lists: no import touches it.
CREATE TABLE edited (
    scope TEXT NOT NULL,
    type  TEXT NOT NULL,
    id    TEXT NOT NULL,
    PRIMARY KEY (scope, type, id)
) STRICT, WITHOUT ROWID;
