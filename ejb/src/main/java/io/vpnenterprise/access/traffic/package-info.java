/**
 * What members' devices do on the servers: when they are there, how many bytes they move, and what is odd about it.
 *
 * <p>Words: a <b>sample</b> is what the connector tells of the peers that changed; a <b>session</b> is the part of a
 * connection in which the device is heard from; <b>uploaded</b> is what the device sent and <b>downloaded</b> what it got, as
 * WireGuard counts: encrypted, with headers, without those of UDP and IP.
 *
 * <p>Calls {@code access}, {@code fleet}, {@code identity}, {@code platform}; hears {@link
 * io.vpnenterprise.access.ConnectionEnded} and the connector's {@link io.vpnenterprise.node.PeerSamples}. Start reading at
 * {@link io.vpnenterprise.access.traffic.SamplesBean}, then {@link io.vpnenterprise.access.traffic.SampleRows} and {@link
 * io.vpnenterprise.access.traffic.Counter}.
 */
package io.vpnenterprise.access.traffic;
