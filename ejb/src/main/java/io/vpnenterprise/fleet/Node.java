package io.vpnenterprise.fleet;

import io.vpnenterprise.node.NodeTarget;
import io.vpnenterprise.node.NodeTarget.Transport;
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

/** A host that runs servers. */
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

    @Column(name = "created_at")
    private OffsetDateTime createdAt;

    /** Written by SQL alone, at each reconciliation. */
    @Column(name = "last_seen_at", insertable = false, updatable = false)
    private OffsetDateTime lastSeenAt;

    @Column(name = "last_error", insertable = false, updatable = false)
    private String lastError;

    protected Node() {}

    Node(NodeSpec spec, OffsetDateTime now) {
        this.id = UUID.randomUUID();
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

    NodeTarget target() {
        return new NodeTarget(id, transport, networkNamespace());
    }
}
