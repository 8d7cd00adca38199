package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A link that works, to be mailed.
 *
 * @param email where it goes; for {@link Purpose#CHANGE_EMAIL} the new address
 * @param token works once; secret
 */
public record AccountLink(UUID id, UUID userId, String email, Purpose purpose, String token, OffsetDateTime expiresAt) {

    /** What its owner proves or may do with it. */
    public enum Purpose {
        /** That the account's address is his. */
        VERIFY_EMAIL("/verify-email"),
        /** That another address is his too: the account moves there. */
        CHANGE_EMAIL("/verify-email"),
        /** That he may set a new password. */
        RESET_PASSWORD("/reset-password");

        private final String page;

        Purpose(String page) {
            this.page = page;
        }
    }

    /** Where the mail sends its reader. The token stands behind the #: browsers send it to no server and no proxy logs it. */
    public String url(String publicUrl) {
        return publicUrl + purpose.page + "#token=" + token;
    }

    @Override
    public String toString() {
        return "AccountLink[" + id + ", " + purpose + ", ***]";
    }
}
