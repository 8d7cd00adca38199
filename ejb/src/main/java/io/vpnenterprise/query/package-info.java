/**
 * The SQL gateway: members run SQL in tenants' databases through the API.
 *
 * <p>Words: a <b>query</b> is one text with one or more statements, run in a session of its own with the role that the
 * member has in that database; a <b>result</b> is what one statement gave; a query that is <b>paged</b> keeps its session and
 * its portal for a while; a <b>plan</b> is how PostgreSQL would run, or ran, a statement.
 *
 * <p>What somebody may do is decided by PostgreSQL alone: nothing here reads SQL to find out whether it writes. {@link
 * io.vpnenterprise.query.Statements} and {@link io.vpnenterprise.query.Parameters} find where statements end and parameters
 * stand, for what the driver needs.
 *
 * <p>Calls {@code tenants} and {@code platform}. Start reading at {@link io.vpnenterprise.query.Queries}; {@link
 * io.vpnenterprise.query.catalogue} is what is in a database, {@link io.vpnenterprise.query.data} its rows, and {@link
 * io.vpnenterprise.query.assistant} helps to write SQL.
 */
package io.vpnenterprise.query;
