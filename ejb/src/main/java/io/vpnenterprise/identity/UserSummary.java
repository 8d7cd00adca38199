package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * An account, as admins see it.
 *
 * @param sessions that live now
 */
public record UserSummary(
        UUID id,
        String email,
        Role role,
        User.State state,
        OffsetDateTime createdAt,
        Optional<OffsetDateTime> emailVerifiedAt,
        Optional<OffsetDateTime> lastSignInAt,
        int sessions) {}
