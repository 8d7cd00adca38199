/**
 * What members' clients get of a connection: its configuration in each client's own format, what goes through the tunnel,
 * what happens when it is down, and links that hand the file over once.
 *
 * <p>Words: a <b>format</b> is what one kind of client reads; a <b>policy</b> is what a device's settings and its member's
 * split tunnel rules make of a configuration; <b>allowed IPs</b> are the networks that go through the tunnel; a <b>kill
 * switch</b> keeps them from going anywhere else; a <b>link</b> gives a file to whoever opens it first.
 *
 * <p>Calls {@code access}, {@code fleet}, {@code platform}; {@code access} does not know of it. Start reading at {@link
 * io.vpnenterprise.access.client.ClientFiles#file}, then {@link io.vpnenterprise.access.client.SplitTunnel}.
 */
package io.vpnenterprise.access.client;
