/**
 * What was done on the platform, and by whom: an append-only log in which nothing can be changed unnoticed.
 *
 * <p>Words: an <b>entry</b> is one {@link io.vpnenterprise.platform.AuditEvent}, numbered without gaps; the <b>chain</b> is
 * the hash that each entry carries of itself and the one before, under a key that the database does not have; the
 * <b>head</b> is the last entry's number and hash; an <b>anchor</b> is a head that somebody noted elsewhere: it shows also
 * that the whole database was set back.
 *
 * <p>Hears {@code platform}'s outbox, before all others; is called by the edges, and by a job that reads the whole log. No other feature knows it: to be audited is to add an {@code
 * AuditEvent} to the outbox. Start reading at {@link io.vpnenterprise.audit.AuditAppender}, then {@link
 * io.vpnenterprise.audit.AuditChain}.
 */
package io.vpnenterprise.audit;
