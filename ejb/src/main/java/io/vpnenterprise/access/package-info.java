/**
 * Members' devices on the servers: who is connected where, and what the hosts must therefore have.
 *
 * <p>Words: a <b>device</b> is a member's machine with a key pair; a <b>peer</b> is that device's entry on one server; a
 * <b>connection</b> is a period of use, with its peer's id; a <b>ticket</b> opens, for minutes, a private key that we
 * made; a <b>successor</b> is the peer that a device gets on another server when its own is drained; the <b>writer</b> is the one thread that changes a node's peers.
 *
 * <p>A peer: {@code PENDING → ACTIVE → REMOVING → gone}. PENDING means wanted and perhaps on the host, ACTIVE means
 * confirmed by it, REMOVING means perhaps still there. One that was adopted with an imported interface begins ACTIVE. The database is the truth and hosts converge to it. A peer
 * that was succeeded stays ACTIVE until its device was heard on the successor.
 *
 * <p>What a member may have is {@link io.vpnenterprise.access.Allowances}'; {@link io.vpnenterprise.access.PeerTerms} holds
 * his peers to it. An active peer that changes counts up its version until its host has that.
 *
 * <p>Who counts traffic hears {@link io.vpnenterprise.access.ConnectionEnded} and {@link
 * io.vpnenterprise.access.PeersAdopted}, and may refuse by a {@link
 * io.vpnenterprise.access.ConnectGate}.
 *
 * <p>Calls {@code platform}, {@code fleet}, {@code identity}; hears {@link io.vpnenterprise.fleet.ServerClosing} and {@link
 * io.vpnenterprise.identity.AccountClosing}. Start reading at {@link
 * io.vpnenterprise.access.Connections#connect}, then {@link io.vpnenterprise.access.PeerWriter}.
 */
package io.vpnenterprise.access;
