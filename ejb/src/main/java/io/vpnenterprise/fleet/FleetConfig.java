package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of nodes and servers. */
@ApplicationScoped
public class FleetConfig implements FeatureConfig {

    private static final Duration LEAST_KEY_LIFE = Duration.ofDays(1);

    private List<String> regions;
    private AddressBlock ipv4Space;
    private AddressBlock ipv6Space;
    private Duration leaseLife;
    private Duration nodeStaleAfter;
    private Duration loadStaleAfter;
    private RegionOrder regionOrder;
    private long linkBytesPerSecond;
    private Duration serverKeyLife;
    private Duration serverKeyOverlap;
    private Optional<NodeSpec.Kind> embeddedNode;
    private String embeddedEndpoint;
    private int embeddedPort;

    @Override
    public void read(Settings settings) {
        regions = settings.list("vpn.regions", List.of("us-east", "us-west", "eu-central", "ap-south"));
        // Who finds no room in his region goes to the nearest that has.
        regionOrder = RegionOrder.read(settings, regions);
        // Private space (RFC 1918) away from where home routers and container networks sit.
        ipv4Space = AddressBlock.parse(settings.text("vpn.fleet.ipv4-space", "10.64.0.0/10"));
        // Unique local space (RFC 4193), its 40 bits drawn once for this product.
        ipv6Space = AddressBlock.parse(settings.text("vpn.fleet.ipv6-space", "fd5e:91b7:2c40::/48"));
        // How long hosts stay without a writer after their application node died.
        leaseLife = settings.duration(
                "vpn.fleet.lease-life", Duration.ofSeconds(4), Duration.ofSeconds(2), Duration.ofMinutes(1));
        // Seen by every reconciliation; members are not sent to a node that missed several.
        nodeStaleAfter = settings.duration(
                "vpn.fleet.node-stale-after", Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(10));
        // Several samples may fail; then a server counts as busy as its peers say.
        loadStaleAfter = settings.duration(
                "vpn.fleet.load-stale-after", Duration.ofSeconds(30), Duration.ofSeconds(5), Duration.ofMinutes(10));
        // What goes in goes out again, so that both directions of all members together fit into one of the link.
        linkBytesPerSecond = settings.number("vpn.fleet.link-megabits", 1_000, 1, 1_000_000) * 1_000_000L / Byte.SIZE;
        // Off: each rotation asks every member of the server to fetch a new configuration.
        serverKeyLife =
                settings.duration("vpn.fleet.server-key-life", Duration.ZERO, Duration.ZERO, Duration.ofDays(3_650));
        if (!serverKeyLife.isZero() && serverKeyLife.compareTo(LEAST_KEY_LIFE) < 0) {
            throw new IllegalStateException("vpn.fleet.server-key-life must be PT0S, for never, or P1D or more");
        }
        // Members who look once a day are in time.
        serverKeyOverlap = settings.duration(
                "vpn.fleet.server-key-overlap", Duration.ofDays(2), Duration.ofMinutes(1), Duration.ofDays(7));
        embeddedNode = settings.text("vpn.embedded-node").map(NodeSpec.Kind::ofEmbedded);
        embeddedEndpoint = settings.text("vpn.embedded-endpoint", "127.0.0.1");
        embeddedPort = settings.number("vpn.embedded-port", 51_820, 1_024, 65_535);
    }

    /** The regions that servers can be in, in the operator's order. */
    public List<String> regions() {
        return regions;
    }

    /** @throws VpnException when there is no such region */
    public void requireRegion(Optional<String> region) {
        if (region.isPresent() && !regions.contains(region.get())) {
            throw VpnException.ofField(FleetError.UNKNOWN_REGION, "region", "the regions are " + regions);
        }
    }

    AddressBlock ipv4Space() {
        return ipv4Space;
    }

    AddressBlock ipv6Space() {
        return ipv6Space;
    }

    public Duration leaseLife() {
        return leaseLife;
    }

    public Duration nodeStaleAfter() {
        return nodeStaleAfter;
    }

    /** How old a server's sample may be to count. */
    public Duration loadStaleAfter() {
        return loadStaleAfter;
    }

    /**
     * How servers are chosen for whoever wants this region, or any.
     *
     * @throws VpnException when there is no such region
     */
    public ServerSelection selection(Optional<String> region) {
        requireRegion(region);
        return new ServerSelection(regionOrder.nearest(region), linkBytesPerSecond);
    }

    /** How old a server's key gets before it is rotated; empty: it is not. */
    public Optional<Duration> serverKeyLife() {
        return serverKeyLife.isZero() ? Optional.empty() : Optional.of(serverKeyLife);
    }

    /** How long a rotated key works beside the new one, unless somebody says otherwise. */
    public Duration serverKeyOverlap() {
        return serverKeyOverlap;
    }

    /** The node that the first start registers by itself, if one. */
    Optional<NodeSpec.Kind> embeddedNode() {
        return embeddedNode;
    }

    String embeddedEndpoint() {
        return embeddedEndpoint;
    }

    int embeddedPort() {
        return embeddedPort;
    }
}
