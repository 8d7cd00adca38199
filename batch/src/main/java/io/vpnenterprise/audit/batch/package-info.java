/**
 * The audit's job: reading the log as a whole.
 *
 * <p>Start reading at {@link io.vpnenterprise.audit.batch.VerificationSchedule}, then {@code
 * META-INF/batch-jobs/verify-audit.xml}.
 */
package io.vpnenterprise.audit.batch;
