package io.vpnenterprise.tenants;

import java.util.UUID;

/** An invitation is to be mailed: {@link TenantInvitations#find} says what it is, as long as it waits. */
public record TenantInvitationMade(UUID invitationId) {}
