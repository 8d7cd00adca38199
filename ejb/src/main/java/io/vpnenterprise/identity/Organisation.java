package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * People who belong together.
 *
 * @param maxUsers members and waiting invitations, together
 * @param maxDevicesPerUser what each member may have, whatever else he belongs to
 * @param members how many there are
 */
public record Organisation(
        UUID id, String name, Tier tier, int maxUsers, int maxDevicesPerUser, OffsetDateTime createdAt, int members) {}
