package io.vpnenterprise.fleet;

import io.vpnenterprise.node.ExistingInterface;
import io.vpnenterprise.node.InterfaceDigest;
import io.vpnenterprise.node.InterfaceSpec;
import io.vpnenterprise.node.InterfaceState;
import io.vpnenterprise.node.NodeConnection;
import io.vpnenterprise.node.NodeConnectionFactory;
import io.vpnenterprise.node.NodeException;
import io.vpnenterprise.node.NodeTarget;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.PeerDigest;
import io.vpnenterprise.node.PeerRate;
import io.vpnenterprise.node.SshHost;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Resource;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.resource.ConnectionFactoryDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What the platform asks of hosts: translates between servers and the connector, and the connector's failures into codes.
 * Every call has the connector's deadline and is safe to repeat; none runs in a transaction.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
@ConnectionFactoryDefinition(
        name = "java:app/node/connection-factory",
        interfaceName = "io.vpnenterprise.node.NodeConnectionFactory",
        resourceAdapter = "node-connector",
        minPoolSize = 0,
        maxPoolSize = 128)
public class Hosts {

    @Resource(lookup = "java:app/node/connection-factory")
    NodeConnectionFactory factory;

    @Inject
    Secrets secrets;

    /** Brings the server's interface to what the database says; its peers stay. */
    public void ensureInterface(Node node, Server server) {
        Server.Pools pools = server.pools();
        List<String> addresses = new ArrayList<>(server.importedAddresses());
        addresses.add(pools.ipv4().address(1) + "/" + pools.ipv4().prefix());
        addresses.add(pools.ipv6().address(1) + "/" + pools.ipv6().prefix());
        InterfaceSpec spec = new InterfaceSpec(
                server.interfaceName(),
                WireGuardKey.of(secrets.open(server.sealedPrivateKey(), server.privateKeyPurpose())),
                server.port(),
                addresses,
                server.mtu());
        call(node, connection -> {
            connection.ensureInterface(spec);
            return null;
        });
    }

    /** Removes the server's interface with all that belongs to it; already absent is success. */
    public void removeInterface(Node node, Server server) {
        call(node, connection -> {
            connection.removeInterface(server.interfaceName());
            return null;
        });
    }

    /**
     * Applies changes, all or nothing.
     *
     * @throws VpnException {@code NODE_REFUSED}: nothing was changed
     */
    public void apply(Node node, String interfaceName, List<PeerChange> changes) {
        call(node, connection -> {
            connection.apply(interfaceName, changes);
            return null;
        });
    }

    /** What an interface's peers amount to, by ranges of their keys. */
    public InterfaceDigest digest(Node node, String interfaceName) {
        return call(node, connection -> connection.digest(interfaceName));
    }

    /** What each peer of these ranges is, as {@link #digest} has just found them. */
    public List<PeerDigest> digests(Node node, String interfaceName, Set<Integer> ranges) {
        return call(node, connection -> connection.digests(interfaceName, ranges));
    }

    /** Reads to what rates a host holds an interface's peers. */
    public Map<WireGuardKey, PeerRate> rates(Node node, String interfaceName) {
        return call(node, connection -> connection.rates(interfaceName));
    }

    /** Reads an interface and its peers. */
    public InterfaceState read(Node node, String interfaceName) {
        return call(node, connection -> connection.read(interfaceName));
    }

    /** Reads an interface, whoever made it, with its secrets. */
    public ExistingInterface describe(Node node, String interfaceName) {
        return call(node, connection -> connection.describe(interfaceName));
    }

    /**
     * Has an interface sampled for a while; does not touch the node.
     *
     * @param epoch of the caller's lease
     */
    public void watch(Node node, String interfaceName, long epoch, Duration duration) {
        call(node, connection -> {
            connection.watch(interfaceName, epoch, duration);
            return null;
        });
    }

    /** Asks the node whether it is likely to work. */
    public void check(Node node) {
        call(node, connection -> {
            connection.check();
            return null;
        });
    }

    /** As {@link #check}, with the key that shall replace the one in use. */
    public void checkWithNextKey(Node node) {
        call(node, target(node, node.nextSshKey()), connection -> {
            connection.check();
            return null;
        });
    }

    private <T> T call(Node node, Function<NodeConnection, T> work) {
        return call(node, target(node, node.sshKey()), work);
    }

    private <T> T call(Node node, NodeTarget target, Function<NodeConnection, T> work) {
        try (NodeConnection connection = factory.connect(target)) {
            return work.apply(connection);
        } catch (NodeException e) {
            throw new VpnException(codeOf(e), node.name() + ": " + e.getMessage(), e);
        }
    }

    private NodeTarget target(Node node, Optional<SshKey> key) {
        return node.target(node.sshAddress()
                .map(address -> new SshHost(
                        address.host(),
                        address.port(),
                        address.user(),
                        address.hostKey(),
                        key.orElseThrow().open(node.id(), address, secrets))));
    }

    private static FleetError codeOf(NodeException e) {
        return switch (e.reason()) {
            case UNAVAILABLE -> FleetError.NODE_UNREACHABLE;
            case BUSY -> FleetError.NODE_BUSY;
            case NO_INTERFACE -> FleetError.NO_INTERFACE;
            case REFUSED -> FleetError.NODE_REFUSED;
            case WRONG_HOST -> FleetError.WRONG_HOST_KEY;
        };
    }
}
