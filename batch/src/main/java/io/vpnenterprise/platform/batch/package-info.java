/**
 * Jobs of the platform itself: what must not grow for ever.
 *
 * <p>Start reading at {@code META-INF/batch-jobs/housekeeping.xml}, then {@link
 * io.vpnenterprise.platform.batch.HousekeepingSchedule}.
 */
package io.vpnenterprise.platform.batch;
