package io.vpnenterprise.fleet;

import io.vpnenterprise.node.InterfaceSpec;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** A WireGuard interface that members connect to. {@code CREATING or IMPORTING → ACTIVE → DELETING → gone}. */
@Entity
@Table(name = "servers")
@NamedQuery(name = "Server.ofNode", query = "SELECT s FROM Server s WHERE s.nodeId = :nodeId ORDER BY s.createdAt")
public class Server {

    /** Life cycle. */
    public enum Status {
        /** The row is there, the interface may not be: no member is sent here. */
        CREATING,
        /** The interface was there before, and is not ours yet: what it has is adopted, and nothing of it removed. */
        IMPORTING,
        ACTIVE,
        /** The interface may still be there: removed as soon as the node answers. */
        DELETING
    }

    /** Whether it takes new peers. */
    public enum Intake {
        OPEN,
        /** It keeps those that it has. */
        MAINTENANCE,
        /** Those that it has move to other servers. */
        DRAINING;

        /** As the API names it. */
        public String label() {
            return this == OPEN ? "active" : name().toLowerCase(Locale.ROOT);
        }
    }

    private static final int USUAL_WEIGHT = 100;

    /** MTU of the tunnels that we make: 1500 less the 80 bytes that WireGuard over IPv6 adds. */
    public static final int MTU = 1_420;

    @Id
    private UUID id;

    @Column(name = "node_id")
    private UUID nodeId;

    private String name;
    private String region;

    @Enumerated(EnumType.STRING)
    private Status status;

    @Column(name = "interface_name")
    private String interfaceName;

    private int port;

    @Column(name = "public_key")
    private String publicKey;

    @Column(name = "sealed_private_key")
    private byte[] sealedPrivateKey;

    @Column(name = "ipv4_pool")
    private String ipv4Pool;

    @Column(name = "ipv6_pool")
    private String ipv6Pool;

    private int mtu;

    @Column(name = "imported_addresses")
    private String importedAddresses;

    private int capacity;
    private int weight;

    @Enumerated(EnumType.STRING)
    private Intake intake;

    /** Written by SQL alone, when an address is taken or given back. */
    @Column(name = "peer_count", insertable = false, updatable = false)
    private int peerCount;

    @Column(name = "created_at")
    private OffsetDateTime createdAt;

    protected Server() {}

    Server(UUID id, UUID nodeId, ServerSpec spec, Keys keys, Pools pools, OffsetDateTime now) {
        this.id = id;
        this.nodeId = nodeId;
        this.name = spec.name();
        this.region = spec.region();
        this.status = Status.CREATING;
        this.interfaceName = interfaceNameOf(id);
        this.port = spec.port();
        this.publicKey = keys.publicKey();
        this.sealedPrivateKey = keys.sealedPrivateKey().clone();
        this.ipv4Pool = pools.ipv4().toString();
        this.ipv6Pool = pools.ipv6().toString();
        this.mtu = MTU;
        this.importedAddresses = "";
        this.capacity = spec.capacity();
        this.weight = USUAL_WEIGHT;
        this.intake = Intake.OPEN;
        this.createdAt = now;
    }

    /** One whose interface is there already. */
    Server(UUID id, UUID nodeId, ServerSpec spec, Keys keys, Pools pools, InterfaceSpec found, OffsetDateTime now) {
        this(id, nodeId, spec, keys, pools, now);
        this.status = Status.IMPORTING;
        this.interfaceName = found.name();
        this.mtu = found.mtu();
        this.importedAddresses = String.join(" ", found.addresses());
    }

    /** A server's identity towards its clients; the private half sealed. */
    record Keys(String publicKey, byte[] sealedPrivateKey) {}

    /** A server's own blocks of addresses. */
    public record Pools(AddressBlock ipv4, AddressBlock ipv6) {}

    /** Linux allows 15 characters; names of servers are longer and change nothing here. */
    private static String interfaceNameOf(UUID id) {
        return "vp" + id.toString().replace("-", "").substring(0, 12);
    }

    void activate() {
        status = Status.ACTIVE;
    }

    void close() {
        status = Status.DELETING;
    }

    /** Returns what is new. */
    Map<String, Object> change(ServerChange change) {
        Map<String, Object> differences = new TreeMap<>();
        change.name().filter(value -> !value.equals(name)).ifPresent(value -> {
            name = value;
            differences.put("name", value);
        });
        change.weight().filter(value -> value != weight).ifPresent(value -> {
            weight = value;
            differences.put("weight", value);
        });
        change.capacity().filter(value -> value != capacity).ifPresent(value -> {
            capacity = value;
            differences.put("capacity", value);
        });
        change.intake().filter(value -> value != intake).ifPresent(value -> {
            intake = value;
            differences.put("state", value.label());
        });
        return differences;
    }

    public UUID id() {
        return id;
    }

    public UUID nodeId() {
        return nodeId;
    }

    public String name() {
        return name;
    }

    public String region() {
        return region;
    }

    public Status status() {
        return status;
    }

    public String interfaceName() {
        return interfaceName;
    }

    public int port() {
        return port;
    }

    public String publicKey() {
        return publicKey;
    }

    byte[] sealedPrivateKey() {
        return sealedPrivateKey.clone();
    }

    String privateKeyPurpose() {
        return privateKeyPurpose(id);
    }

    /** What the private key's seal is bound to. */
    static String privateKeyPurpose(UUID id) {
        return "servers.sealed_private_key/" + id;
    }

    public Pools pools() {
        return new Pools(AddressBlock.parse(ipv4Pool), AddressBlock.parse(ipv6Pool));
    }

    public int mtu() {
        return mtu;
    }

    /** What an imported interface had, with prefixes. */
    List<String> importedAddresses() {
        return importedAddresses.isEmpty() ? List.of() : List.of(importedAddresses.split(" "));
    }

    public int capacity() {
        return capacity;
    }

    int weight() {
        return weight;
    }

    public Intake intake() {
        return intake;
    }

    public int peerCount() {
        return peerCount;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }
}
