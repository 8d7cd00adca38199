/**
 * An isolated database for every tenant.
 *
 * <p>Words: a <b>tenant</b> is a database with its members; a <b>plan</b> says what it may use; a <b>cluster</b> is the
 * database server in which tenants' databases lie, and which is not the platform's own; a <b>placement</b> is where a
 * tenant's database is: <b>shared</b>, in a cluster with others, or dedicated, in one of its own; a <b>login</b> is what
 * somebody signs in to the database with: as owner, writer or reader; a <b>member</b>'s role says which.
 *
 * <p>A use case writes what shall be, in one short transaction, and asks for a run of a job; the job's steps, each safe to
 * repeat, make it so in the cluster. After a kill at any point another run goes on, so that a tenant is wholly there or
 * wholly gone.
 *
 * <p>Calls {@code platform} and {@code identity}. Start reading at {@link io.vpnenterprise.tenants.Tenants}, then {@link
 * io.vpnenterprise.tenants.TenantSteps}, then {@link io.vpnenterprise.tenants.PostgresDatabases}, which is where isolation
 * and limits are; {@link io.vpnenterprise.tenants.TenantWatch} holds, each second, what PostgreSQL does not: the time of
 * statements, and storage.
 */
package io.vpnenterprise.tenants;
