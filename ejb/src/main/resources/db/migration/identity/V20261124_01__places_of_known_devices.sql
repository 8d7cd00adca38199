-- The network and client that it was last seen with, as a keyed hash: a client that keeps no token is known by its place.
ALTER TABLE known_devices ADD COLUMN place bytea;
