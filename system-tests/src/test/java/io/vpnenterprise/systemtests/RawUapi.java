package io.vpnenterprise.systemtests;

import io.vpnenterprise.node.PeerChange;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A device's own protocol, and nothing around it: what it takes from bytes that lie ready. */
final class RawUapi {

    private RawUapi() {}

    /** One request for each {@link PeerChange#MAX_BATCH} of the peers. */
    static List<byte[]> requests(List<PeerChange.Put> peers) {
        List<byte[]> requests = new ArrayList<>();
        for (int from = 0; from < peers.size(); from += PeerChange.MAX_BATCH) {
            StringBuilder request = new StringBuilder("set=1\n");
            for (PeerChange.Put peer : peers.subList(from, Math.min(from + PeerChange.MAX_BATCH, peers.size()))) {
                request.append("public_key=").append(peer.publicKey().hex());
                request.append("\npreshared_key=").append(peer.presharedKey().hex());
                request.append("\nreplace_allowed_ips=true\n");
                peer.allowedIps()
                        .forEach(ip -> request.append("allowed_ip=").append(ip).append('\n'));
            }
            requests.add(request.append('\n').toString().getBytes(StandardCharsets.US_ASCII));
        }
        return requests;
    }

    /** Sends them one after the other on one connection; returns seconds. */
    static double send(String interfaceName, List<byte[]> requests) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(256);
        try (SocketChannel device = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            device.connect(UnixDomainSocketAddress.of(NetworkNamespace.socketOf(interfaceName)));
            long began = System.nanoTime();
            for (byte[] request : requests) {
                ByteBuffer left = ByteBuffer.wrap(request);
                while (left.hasRemaining()) {
                    device.write(left);
                }
                requireDone(device, answer.clear());
            }
            return (System.nanoTime() - began) / 1e9;
        }
    }

    private static void requireDone(SocketChannel device, ByteBuffer answer) throws IOException {
        String text = "";
        while (!text.endsWith("\n\n")) {
            if (device.read(answer) < 0) {
                throw new EOFException("the device hung up");
            }
            text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII);
        }
        if (!text.equals("errno=0\n\n")) {
            throw new IOException("the device answers " + text.strip());
        }
    }
}
