-- The index of words has first letters, too. It is made anew from what is stored.
INSERT INTO words (words) VALUES ('delete-all');
DELETE FROM indexed;
DELETE FROM email_search;
UPDATE email SET number = NULL;
