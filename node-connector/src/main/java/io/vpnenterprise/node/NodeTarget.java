package io.vpnenterprise.node;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * How a node is reached. Two targets are the same node exactly if all of this is equal, so a node that was re-registered
 * with another transport or key gets a session of its own.
 *
 * @param id the node's id in the platform's database
 * @param transport how its WireGuard device is driven
 * @param networkNamespace the named network namespace of its machine that holds the node's interfaces, or empty for the
 *     one the server runs in; of the remote host when there is one; ignored by simulated nodes
 * @param ssh the remote host, for {@link Transport#SSH} alone
 */
public record NodeTarget(UUID id, Transport transport, Optional<String> networkNamespace, Optional<SshHost> ssh)
        implements Serializable {

    /** A name under {@code /run/netns}: no path, no option, nothing a shell would like. */
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /** How a WireGuard device is driven. */
    public enum Transport {
        /** The device's own UAPI socket, of a userspace implementation on this machine. */
        UAPI,
        /** The {@code wg} tool on this machine: works for the kernel's device too. */
        WG,
        /** The {@code wg} tool on another machine, by SSH. */
        SSH,
        /** No device at all: a node in memory that answers as one would. Labelled as simulated wherever it shows. */
        SIMULATED
    }

    public NodeTarget {
        Objects.requireNonNull(id, "id is null");
        Objects.requireNonNull(transport, "transport is null");
        Objects.requireNonNull(networkNamespace, "networkNamespace is null");
        if (ssh.isPresent() != (transport == Transport.SSH)) {
            throw new IllegalArgumentException("a host by SSH is for transport SSH, and the other way round");
        }
        networkNamespace.ifPresent(name -> {
            if (!NAMESPACE.matcher(name).matches()) {
                throw new IllegalArgumentException("not the name of a network namespace: " + name);
            }
        });
    }

    /** A node of this machine, or a simulated one. */
    public NodeTarget(UUID id, Transport transport, Optional<String> networkNamespace) {
        this(id, transport, networkNamespace, Optional.empty());
    }

    /** An {@code Optional} cannot be serialized. */
    private Object writeReplace() {
        return new Serialized(id, transport, networkNamespace.orElse(null), ssh.orElse(null));
    }

    private record Serialized(UUID id, Transport transport, String networkNamespace, SshHost ssh)
            implements Serializable {
        private Object readResolve() {
            return new NodeTarget(id, transport, Optional.ofNullable(networkNamespace), Optional.ofNullable(ssh));
        }
    }
}
