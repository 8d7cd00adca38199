package io.vpnenterprise.tenants;

/** A tenant, and what the caller is in it. */
public record TenantMembership(Tenant tenant, TenantRole role) {}
