package io.vpnenterprise.node;

import java.io.Serializable;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * How a node is reached. Two targets are the same node exactly if all of this is equal, so a node that was re-registered
 * with another transport gets a session of its own.
 *
 * @param id the node's id in the platform's database
 * @param transport how its WireGuard device is driven
 * @param networkNamespace the named network namespace of this machine that holds the node's interfaces, or empty for the
 *     one the server runs in; ignored by simulated nodes
 */
public record NodeTarget(UUID id, Transport transport, Optional<String> networkNamespace) implements Serializable {

    /** A name under {@code /run/netns}: no path, no option, nothing a shell would like. */
    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /** How a WireGuard device is driven. */
    public enum Transport {
        /** The device's own UAPI socket, of a userspace implementation on this machine. */
        UAPI,
        /** The {@code wg} tool on this machine: works for the kernel's device too. */
        WG,
        /** No device at all: a node in memory that answers as one would. Labelled as simulated wherever it shows. */
        SIMULATED
    }

    public NodeTarget {
        Objects.requireNonNull(id, "id is null");
        Objects.requireNonNull(transport, "transport is null");
        Objects.requireNonNull(networkNamespace, "networkNamespace is null");
        networkNamespace.ifPresent(name -> {
            if (!NAMESPACE.matcher(name).matches()) {
                throw new IllegalArgumentException("not the name of a network namespace: " + name);
            }
        });
    }
}
