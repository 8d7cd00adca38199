package io.vpnenterprise.tenants;

import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * A program's way in to the rows of one tenant.
 *
 * @param preview its last characters
 */
public record TenantKey(
        UUID id,
        UUID tenantId,
        Kind kind,
        String preview,
        OffsetDateTime createdAt,
        Optional<OffsetDateTime> rotatedAt) {

    /** What it may do. */
    public enum Kind {
        /** What grants and policies give to the role {@code …_anon}, which is nothing at first: such a key is no secret. */
        ANON,
        /** What a writer may: reads and changes rows. */
        SERVICE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param text shown this once */
    public record Made(TenantKey key, String text) {}
}
