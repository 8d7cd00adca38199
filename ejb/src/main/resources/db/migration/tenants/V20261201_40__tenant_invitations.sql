-- Invitations to tenants are invitations like those to organisations: one table, one limit for whoever invites.
ALTER TABLE invitations
    ALTER COLUMN organisation_id DROP NOT NULL,
    ADD COLUMN tenant_id uuid REFERENCES tenants ON DELETE CASCADE,
    ADD CONSTRAINT invitations_to_one CHECK (num_nonnulls(organisation_id, tenant_id) = 1),
    DROP CONSTRAINT invitations_role_check,
    ADD CONSTRAINT invitations_role_check
        CHECK (role IN ('VIEWER', 'ADMIN') OR role = CASE WHEN tenant_id IS NULL THEN 'MEMBER' ELSE 'EDITOR' END);
CREATE UNIQUE INDEX invitations_to_tenant_waiting ON invitations (tenant_id, email) WHERE ended_at IS NULL;
