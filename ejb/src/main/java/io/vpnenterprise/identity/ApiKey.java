package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A program's way in, without its text.
 *
 * @param organisationId of which it sees nothing else, and with the membership of which it ends; empty for one that is for
 *     all that its owner may
 * @param preview its last characters
 * @param lastUsedAt to the minute
 */
public record ApiKey(
        UUID id,
        Optional<UUID> organisationId,
        String name,
        String preview,
        List<String> scopes,
        OffsetDateTime createdAt,
        OffsetDateTime expiresAt,
        Optional<OffsetDateTime> lastUsedAt) {

    /**
     * A key that was just made.
     *
     * @param text shown this once
     */
    public record Made(ApiKey key, String text) {
        @Override
        public String toString() {
            return "Made[" + key.id() + ", ***]";
        }
    }
}
