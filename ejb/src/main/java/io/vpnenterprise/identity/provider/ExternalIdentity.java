package io.vpnenterprise.identity.provider;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;

/**
 * A provider's account that signs a user of ours in.
 *
 * @param email as the provider had it at the last sign-in; may be empty
 */
public record ExternalIdentity(
        UUID id, String provider, String email, OffsetDateTime createdAt, Optional<OffsetDateTime> lastSignInAt) {}
