-- Who set the password, and what it is good for. An import sets only what an import has set before.
ALTER TABLE person ADD COLUMN password_by TEXT NOT NULL DEFAULT 'profile'
    CHECK (password_by IN ('profile', 'school', 'person'));
-- The password is good for choosing a new one, and for nothing else (R7).
ALTER TABLE person ADD COLUMN is_provisional INTEGER NOT NULL DEFAULT 0;
-- Unix seconds; none while the account is open.
ALTER TABLE person ADD COLUMN locked INTEGER;
-- Who named this person: the school's profile, whose next import may leave the person out, or somebody at
-- the command line.
ALTER TABLE person ADD COLUMN named_by TEXT NOT NULL DEFAULT 'profile'
    CHECK (named_by IN ('profile', 'school'));
