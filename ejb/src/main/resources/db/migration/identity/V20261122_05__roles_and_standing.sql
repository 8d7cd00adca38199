-- What decides whether an account and a session count now.
ALTER TABLE users DROP CONSTRAINT users_role_check;
ALTER TABLE users ADD CONSTRAINT users_role_check CHECK (role IN ('USER', 'ADMIN', 'SUPER_ADMIN'));
-- Until now only the platform itself made admins: the one it makes first is the highest.
UPDATE users SET role = 'SUPER_ADMIN' WHERE role = 'ADMIN';

-- Accounts of other identity providers, and those with passkeys alone, have none.
ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL;
ALTER TABLE users
    -- DELETED: the row stays for what refers to it, without anything personal.
    ADD COLUMN state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'SUSPENDED', 'DELETED')),
    ADD COLUMN email_verified_at timestamptz,
    ADD COLUMN last_sign_in_at timestamptz;

ALTER TABLE sessions
    -- How its owner proved himself, for people to read.
    ADD COLUMN method text NOT NULL DEFAULT 'password',
    ADD COLUMN address text NOT NULL DEFAULT '',
    ADD COLUMN user_agent text NOT NULL DEFAULT '',
    ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();
