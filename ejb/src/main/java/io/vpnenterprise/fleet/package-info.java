/**
 * The servers that members connect to, and the nodes that run them.
 *
 * <p>Words: a <b>node</b> is a host; a <b>server</b> is a WireGuard interface on it; a <b>pool</b> is a server's own block
 * of addresses, one for each family, and a <b>host</b> number picks the same place in both; a <b>lease</b> names the one
 * application node that may write to a host; a <b>score</b> decides which server a member is sent to; a server's
 * <b>intake</b> is whether it takes new peers.
 *
 * <p>A server: {@code CREATING or IMPORTING → ACTIVE → DELETING → gone}. Calls {@code platform} and the connector; is called by {@code
 * access}, which hears {@link io.vpnenterprise.fleet.ServerClosing}. Start reading at {@link
 * io.vpnenterprise.fleet.Servers}, then {@link io.vpnenterprise.fleet.Hosts}.
 */
package io.vpnenterprise.fleet;
