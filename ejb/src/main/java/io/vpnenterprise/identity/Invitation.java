package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A place in an organisation that waits for somebody.
 *
 * @param organisation its name
 * @param invitedBy an e-mail address; empty when that account is gone
 */
public record Invitation(
        UUID id,
        UUID organisationId,
        String organisation,
        String email,
        OrganisationRole role,
        Optional<String> invitedBy,
        OffsetDateTime createdAt,
        OffsetDateTime expiresAt) {

    /**
     * An invitation to be mailed.
     *
     * @param token accepts or declines it; secret
     */
    public record Link(Invitation invitation, String token) {

        /** Where the mail sends its reader. The token stands behind the #: browsers send it to no server. */
        public String url(String publicUrl) {
            return publicUrl + "/invitation#token=" + token;
        }

        @Override
        public String toString() {
            return "Link[" + invitation.id() + ", ***]";
        }
    }
}
