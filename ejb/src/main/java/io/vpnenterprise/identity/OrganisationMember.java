package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.UUID;

/** A member, as the others of his organisation see him. */
public record OrganisationMember(UUID userId, String email, OrganisationRole role, OffsetDateTime joinedAt) {}
