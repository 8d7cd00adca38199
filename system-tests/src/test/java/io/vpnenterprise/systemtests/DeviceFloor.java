package io.vpnenterprise.systemtests;

import io.vpnenterprise.node.InterfaceSpec;
import io.vpnenterprise.node.NodeConnection;
import io.vpnenterprise.node.NodeConnectionFactory;
import io.vpnenterprise.node.NodeManagedConnectionFactory;
import io.vpnenterprise.node.NodeResourceAdapter;
import io.vpnenterprise.node.NodeTarget;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.WireGuardKey;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.XATerminator;
import jakarta.resource.spi.work.WorkContext;
import jakarta.resource.spi.work.WorkManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Timer;
import java.util.UUID;

/** Real devices that the benchmark itself drives, through the product's connector and through {@code wg}. */
final class DeviceFloor implements AutoCloseable {

    private final NodeResourceAdapter adapter = new NodeResourceAdapter();
    private final NodeConnectionFactory nodes;
    private final NodeTarget target;
    private final Random random;
    private final Path presharedKey;
    private final String scratch;
    private int nextPort = 41_201;

    /** A device for the connector's and {@code wg}'s floors; {@link #newDevice} makes others. */
    DeviceFloor(NetworkNamespace host, Random random) throws ResourceException, IOException {
        this.random = random;
        adapter.start(new TimerAlone());
        NodeManagedConnectionFactory factory = new NodeManagedConnectionFactory();
        factory.setResourceAdapter(adapter);
        nodes = (NodeConnectionFactory) factory.createConnectionFactory();
        target = new NodeTarget(UUID.randomUUID(), NodeTarget.Transport.UAPI, Optional.of(host.name));
        presharedKey = Files.createTempFile("vpn-bench", ".psk");
        Files.writeString(presharedKey, newKey().base64());
        scratch = newDevice();
    }

    /** Its name. It goes with its namespace. */
    String newDevice() {
        String name = NetworkNamespace.newInterfaceName();
        try (NodeConnection node = connect()) {
            int port = nextPort++;
            node.ensureInterface(
                    new InterfaceSpec(name, newKey(), port, List.of("10." + (port - 41_000) + ".0.1/16"), 1_420));
        }
        return name;
    }

    /** Seconds of a new device for these requests; it is gone afterwards. */
    double rawSeconds(List<byte[]> requests) throws IOException {
        String device = newDevice();
        double seconds = RawUapi.send(device, requests);
        remove(device);
        return seconds;
    }

    void remove(String device) {
        try (NodeConnection node = connect()) {
            node.removeInterface(device);
        }
    }

    /** To the one kept session. */
    NodeConnection connect() {
        return connect(target);
    }

    NodeConnection connect(NodeTarget other) {
        return nodes.connect(other);
    }

    /** Peer puts on a kept UAPI connection, one put an exchange, each for a new peer. */
    double uapiPerSecond(Duration time) {
        List<PeerChange> removals = new ArrayList<>();
        try (NodeConnection node = connect()) {
            Load.Done done = Load.closed(time, List.of(() -> {
                WireGuardKey key = newKey();
                removals.add(new PeerChange.Remove(key));
                node.apply(scratch, List.of(new PeerChange.Put(key, newKey(), allowedIps(removals.size()))));
                return null;
            }));
            removeAll(node, removals);
            return done.perSecond();
        }
    }

    /** The same by a {@code wg set} process for each peer. */
    double processPerSecond(Duration time) {
        List<PeerChange> removals = new ArrayList<>();
        Load.Done done = Load.closed(time, List.of(() -> {
            WireGuardKey key = newKey();
            removals.add(new PeerChange.Remove(key));
            wgSet(key, removals.size());
            return null;
        }));
        try (NodeConnection node = connect()) {
            removeAll(node, removals);
        }
        return done.perSecond();
    }

    @Override
    public void close() throws IOException {
        adapter.stop();
        Files.delete(presharedKey);
    }

    private void wgSet(WireGuardKey key, int number) throws IOException, InterruptedException {
        int exitCode = new ProcessBuilder(
                        "wg",
                        "set",
                        scratch,
                        "peer",
                        key.base64(),
                        "preshared-key",
                        presharedKey.toString(),
                        "allowed-ips",
                        String.join(",", allowedIps(number)))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (exitCode != 0) {
            throw new IllegalStateException("wg set: exit code " + exitCode);
        }
    }

    private void removeAll(NodeConnection node, List<PeerChange> removals) {
        for (int from = 0; from < removals.size(); from += PeerChange.MAX_BATCH) {
            node.apply(scratch, removals.subList(from, Math.min(from + PeerChange.MAX_BATCH, removals.size())));
        }
    }

    private WireGuardKey newKey() {
        byte[] key = new byte[WireGuardKey.LENGTH];
        random.nextBytes(key);
        return WireGuardKey.of(key);
    }

    private static List<String> allowedIps(int number) {
        int host = number & 0xffff;
        return List.of(
                "10.65." + (host >> 8) + "." + (host & 0xff) + "/32",
                "fd5e:91b7:2c40:1::" + Integer.toHexString(host) + "/128");
    }

    /** Of a container, the adapter needs a timer; nobody hears its samples here, so none is delivered as a work. */
    private static final class TimerAlone implements BootstrapContext {

        @Override
        public Timer createTimer() {
            return new Timer("timer of the connector", true);
        }

        @Override
        public WorkManager getWorkManager() {
            return null;
        }

        @Override
        public XATerminator getXATerminator() {
            return null;
        }

        @Override
        public boolean isContextSupported(Class<? extends WorkContext> context) {
            return false;
        }

        @Override
        public TransactionSynchronizationRegistry getTransactionSynchronizationRegistry() {
            return null;
        }
    }
}
