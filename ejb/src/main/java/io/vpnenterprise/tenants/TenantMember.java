package io.vpnenterprise.tenants;

import java.time.OffsetDateTime;
import java.util.UUID;

/** A member of a tenant. */
public record TenantMember(UUID userId, String email, TenantRole role, OffsetDateTime joinedAt) {}
