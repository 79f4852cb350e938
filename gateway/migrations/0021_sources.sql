-- What an import made, and which: the next one of the same source replaces it, and nobody else's.
-- `source` is `folder`, a single file's name, or `class` for a class's homework with its pupils.
CREATE TABLE origin (
    scope  TEXT NOT NULL,
    type   TEXT NOT NULL,
    id     TEXT NOT NULL,
    source TEXT NOT NULL,
    PRIMARY KEY (scope, type, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX origin_by_source ON origin (scope, type, source);
INSERT INTO origin
    SELECT scope, type, id, 'folder' FROM object
    WHERE destroyed IS NULL AND type IN ('Calendar', 'CalendarEvent', 'Task', 'DayNote');

-- Mail from single files is added and never taken away; that from the folder leaves with its file.
ALTER TABLE imported ADD COLUMN source TEXT NOT NULL DEFAULT 'folder';

-- The newest of each file that the timetable is made of, without what may not be kept.
CREATE TABLE timetable_file (
    name  TEXT PRIMARY KEY,
    path  TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- A class's homework, of which each pupil has a copy.
CREATE TABLE class_task (
    class  TEXT NOT NULL,
    uid    TEXT NOT NULL,
    source TEXT NOT NULL,
    -- JSCalendar, without id, list and progress.
    json   TEXT NOT NULL,
    PRIMARY KEY (class, uid)
) STRICT, WITHOUT ROWID;
