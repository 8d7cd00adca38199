-- Who asked for a connection goes into the audit: sealed, or who owns the database could put in whom he likes.
ALTER TABLE peers DROP COLUMN asked, ADD COLUMN sealed_asked bytea;
