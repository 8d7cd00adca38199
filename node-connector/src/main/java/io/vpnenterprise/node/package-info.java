/**
 * Drives WireGuard hosts: the only code of the product that touches one.
 *
 * <p>Words: a <b>node</b> is a host; an <b>interface</b> is a WireGuard device on it; a <b>session</b> is the one kept
 * link to a node; a <b>connection</b> is an application's lease on a session. A <b>peer change</b> is put or remove.
 *
 * <p>Calls nobody; is called by {@code io.vpnenterprise.fleet}. Start reading at {@link
 * io.vpnenterprise.node.NodeConnection}, then {@code NodeSession}.
 */
package io.vpnenterprise.node;
