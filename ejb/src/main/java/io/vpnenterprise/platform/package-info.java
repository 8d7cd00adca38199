/**
 * The ground that every feature stands on: who calls, what can go wrong, what is set, what is secret, what others hear.
 *
 * <p>Words: a <b>caller</b> is who asks, passed as an argument to every use case; an <b>error code</b> is the stable name
 * of a failure; a <b>sealed</b> value is one encrypted under the master key; an <b>event</b> is a record in the outbox.
 *
 * <p>Calls no other feature. Start reading at {@link io.vpnenterprise.platform.VpnException} and {@link
 * io.vpnenterprise.platform.Caller}, then {@link io.vpnenterprise.platform.Startup} for the order in which things begin.
 */
package io.vpnenterprise.platform;
