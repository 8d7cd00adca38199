package io.vpnenterprise.tenants;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A place in a tenant that waits for somebody.
 *
 * @param tenant its name
 * @param invitedBy an e-mail address; empty when that account is gone
 */
public record TenantInvitation(
        UUID id,
        UUID tenantId,
        String tenant,
        String email,
        TenantRole role,
        Optional<String> invitedBy,
        OffsetDateTime createdAt,
        OffsetDateTime expiresAt) {

    /**
     * An invitation to be mailed.
     *
     * @param token accepts or declines it; secret
     */
    public record Link(TenantInvitation invitation, String token) {

        /** Where the mail sends its reader. The token stands behind the #: browsers send it to no server. */
        public String url(String publicUrl) {
            return publicUrl + "/tenant-invitation#token=" + token;
        }

        @Override
        public String toString() {
            return "Link[" + invitation.id() + ", ***]";
        }
    }
}
