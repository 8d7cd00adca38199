package io.vpnenterprise.access.client;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A file that waits to be fetched once.
 *
 * @param withKey whether the private key is in it
 */
public record DownloadLink(
        UUID id,
        UUID connectionId,
        ClientFormat format,
        boolean withKey,
        OffsetDateTime createdAt,
        OffsetDateTime expiresAt,
        Optional<OffsetDateTime> usedAt,
        Optional<OffsetDateTime> revokedAt) {

    /** One that was just made, with what opens it, which is nowhere else. */
    public record Made(DownloadLink link, String token) {
        @Override
        public String toString() {
            return "Made[" + link + ", ***]";
        }
    }
}
