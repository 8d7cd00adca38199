package io.vpnenterprise.fleet;

import io.vpnenterprise.node.NodeTarget;
import io.vpnenterprise.node.NodeTarget.Transport;
import io.vpnenterprise.node.SshHost;
import io.vpnenterprise.node.SshPublicKey;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.NamedQuery;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** A host that runs servers. One by SSH is enrolling, and runs none, until it was clean for the first time. */
@Entity
@Table(name = "nodes")
@NamedQuery(name = "Node.all", query = "SELECT n FROM Node n ORDER BY n.name")
public class Node {

    @Id
    private UUID id;

    private String name;

    @Enumerated(EnumType.STRING)
    private Transport transport;

    @Column(name = "network_namespace")
    private String networkNamespace;

    @Column(name = "endpoint_host")
    private String endpointHost;

    @Column(name = "ssh_host")
    private String sshHost;

    @Column(name = "ssh_port")
    private Integer sshPort;

    @Column(name = "ssh_user")
    private String sshUser;

    @Column(name = "ssh_host_key")
    private String sshHostKey;

    @Column(name = "ssh_public_key")
    private String sshPublicKey;

    @Column(name = "sealed_ssh_key")
    private byte[] sealedSshKey;

    @Column(name = "next_ssh_public_key")
    private String nextSshPublicKey;

    @Column(name = "sealed_next_ssh_key")
    private byte[] sealedNextSshKey;

    @Column(name = "admitted_at")
    private OffsetDateTime admittedAt;

    @Column(name = "created_at")
    private OffsetDateTime createdAt;

    /** Written by SQL alone, at each reconciliation. */
    @Column(name = "last_seen_at", insertable = false, updatable = false)
    private OffsetDateTime lastSeenAt;

    @Column(name = "last_error", insertable = false, updatable = false)
    private String lastError;

    protected Node() {}

    /** A node of this machine, which is admitted at once. */
    Node(NodeSpec spec, OffsetDateTime now) {
        this(UUID.randomUUID(), spec, now);
        this.admittedAt = now;
    }

    /** A node by SSH. */
    Node(UUID id, NodeSpec spec, SshKey key, OffsetDateTime now) {
        this(id, spec, now);
        SshAddress address = spec.ssh().orElseThrow();
        this.sshHost = address.host();
        this.sshPort = address.port();
        this.sshUser = address.user();
        this.sshHostKey = address.hostKey().text();
        this.sshPublicKey = key.publicKey().text();
        this.sealedSshKey = key.sealed();
    }

    private Node(UUID id, NodeSpec spec, OffsetDateTime now) {
        this.id = id;
        this.name = spec.name();
        this.transport = spec.transport();
        this.networkNamespace = spec.networkNamespace().orElse(null);
        this.endpointHost = spec.endpointHost();
        this.createdAt = now;
    }

    public UUID id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** How its device is driven, as the API names it. */
    public String transport() {
        return transport.name().toLowerCase(Locale.ROOT);
    }

    public boolean simulated() {
        return transport == Transport.SIMULATED;
    }

    public Optional<String> networkNamespace() {
        return Optional.ofNullable(networkNamespace);
    }

    public String endpointHost() {
        return endpointHost;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }

    /** When it last answered. */
    public Optional<OffsetDateTime> lastSeenAt() {
        return Optional.ofNullable(lastSeenAt);
    }

    /** Why it did not answer, if it did not the last time. */
    public Optional<String> lastError() {
        return Optional.ofNullable(lastError);
    }

    /** When it was clean for the first time; members have no server on it before. */
    public Optional<OffsetDateTime> admittedAt() {
        return Optional.ofNullable(admittedAt);
    }

    public boolean admitted() {
        return admittedAt != null;
    }

    /** Where it is reached, if it is by SSH. */
    public Optional<SshAddress> sshAddress() {
        return Optional.ofNullable(sshHost)
                .map(host -> new SshAddress(host, sshPort, sshUser, new SshPublicKey(sshHostKey)));
    }

    /** The line for {@code authorized_keys} on its host, if it is reached by SSH. */
    public Optional<String> authorizedKey() {
        return sshKey().map(SshKey::authorizedLine);
    }

    /** As {@link #authorizedKey}, for the key that is used as soon as the host accepts it. */
    public Optional<String> nextAuthorizedKey() {
        return nextSshKey().map(SshKey::authorizedLine);
    }

    Optional<SshKey> sshKey() {
        return Optional.ofNullable(sshPublicKey).map(key -> new SshKey(new SshPublicKey(key), sealedSshKey));
    }

    Optional<SshKey> nextSshKey() {
        return Optional.ofNullable(nextSshPublicKey).map(key -> new SshKey(new SshPublicKey(key), sealedNextSshKey));
    }

    /** @param ssh where and with which key, if it is reached by SSH */
    NodeTarget target(Optional<SshHost> ssh) {
        return new NodeTarget(id, transport, networkNamespace(), ssh);
    }
}
