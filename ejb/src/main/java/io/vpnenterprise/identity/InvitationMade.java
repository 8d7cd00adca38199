package io.vpnenterprise.identity;

import java.util.UUID;

/** An invitation is to be mailed: {@link Invitations#find} says what it is, as long as it waits. */
public record InvitationMade(UUID invitationId) {}
