package io.vpnenterprise.systemtests;

import io.vpnenterprise.node.NodeConnection;
import io.vpnenterprise.node.NodeTarget;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.SshHost;
import io.vpnenterprise.node.SshKeyPair;
import io.vpnenterprise.node.SshPublicKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * Peers to a host by SSH: in the connector's batches, and as one {@code wg addconf} of all of them on a session of the same
 * library that is kept likewise.
 */
final class SshFloor implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final DeviceFloor devices;
    private final NetworkNamespace host;
    private final NodeTarget target;
    private final SshClient client = SshClient.setUpDefaultClient();
    private final ClientSession session;

    SshFloor(OpenSsh server, NetworkNamespace host, DeviceFloor devices) throws IOException, GeneralSecurityException {
        this.devices = devices;
        this.host = host;
        SshKeyPair connectors = SshKeyPair.generate();
        KeyPair own = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, 256);
        server.authorize(connectors.publicKey().text(), PublicKeyEntry.toString(own.getPublic()));
        SshHost reached =
                new SshHost("127.0.0.1", server.port, "root", SshPublicKey.ofLine(server.hostKey()), connectors);
        target = new NodeTarget(
                UUID.randomUUID(), NodeTarget.Transport.SSH, Optional.of(host.name), Optional.of(reached));
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        client.start();
        session = client.connect("root", "127.0.0.1", server.port).verify(LIMIT).getSession();
        session.addPublicKeyIdentity(own);
        session.auth().verify(LIMIT);
    }

    /** Seconds of the connector for these peers, on a new device. */
    double connectorSeconds(List<PeerChange.Put> peers) {
        String device = devices.newDevice();
        try (NodeConnection node = devices.connect(target)) {
            node.check();
            long began = System.nanoTime();
            for (int from = 0; from < peers.size(); from += PeerChange.MAX_BATCH) {
                node.apply(
                        device, List.copyOf(peers.subList(from, Math.min(from + PeerChange.MAX_BATCH, peers.size()))));
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            requireAll(device, peers);
            return seconds;
        }
    }

    /** Seconds of one {@code wg addconf} for these peers, on a new device. */
    double addconfSeconds(List<PeerChange.Put> peers) throws IOException {
        String device = devices.newDevice();
        byte[] configuration = configuration(peers);
        run("true", new byte[0]);
        long began = System.nanoTime();
        run("ip netns exec " + host.name + " wg addconf " + device + " /dev/stdin", configuration);
        double seconds = (System.nanoTime() - began) / 1e9;
        requireAll(device, peers);
        return seconds;
    }

    @Override
    public void close() throws IOException {
        session.close(true);
        client.stop();
    }

    private void run(String command, byte[] stdin) throws IOException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (ChannelExec channel = session.createExecChannel(command)) {
            channel.setIn(new ByteArrayInputStream(stdin));
            channel.setOut(printed);
            channel.setErr(printed);
            channel.open().verify(LIMIT);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), LIMIT);
            if (!Integer.valueOf(0).equals(channel.getExitStatus())) {
                throw new IOException(command + ": " + channel.getExitStatus() + ": " + printed);
            }
        }
    }

    private void requireAll(String device, List<PeerChange.Put> peers) {
        long present = host.run("wg", "show", device, "peers")
                .orFail()
                .stdout()
                .lines()
                .count();
        if (present != peers.size()) {
            throw new AssertionError(device + " has " + present + " peers");
        }
        devices.remove(device);
    }

    private static byte[] configuration(List<PeerChange.Put> peers) {
        StringBuilder text = new StringBuilder();
        for (PeerChange.Put peer : peers) {
            text.append("[Peer]\nPublicKey = ").append(peer.publicKey().base64());
            text.append("\nPresharedKey = ").append(peer.presharedKey().base64());
            text.append("\nAllowedIPs = ")
                    .append(String.join(", ", peer.allowedIps()))
                    .append('\n');
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
