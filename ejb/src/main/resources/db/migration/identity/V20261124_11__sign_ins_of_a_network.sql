-- From where a sign-in at a provider was begun: one network may have only so many under way.
ALTER TABLE external_sign_ins ADD COLUMN network text NOT NULL DEFAULT '';
CREATE INDEX external_sign_ins_network ON external_sign_ins (network);
