package io.vpnenterprise.fleet;

import io.vpnenterprise.node.NodeTarget.Transport;
import io.vpnenterprise.platform.VpnException;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A node as an admin asks for it, checked. */
public record NodeSpec(
        String name,
        Transport transport,
        Optional<String> networkNamespace,
        String endpointHost,
        Optional<SshAddress> ssh) {

    /** Starts and ends with a letter or digit: no option, no path, nothing for a terminal to interpret. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9 ._-]{1,48}[A-Za-z0-9]");

    /** Characters that it matches. */
    static final int MAX_NAME = 50;

    private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,62}");

    /** RFC 1123 host names and IPv4, or an IPv6 address without brackets. */
    private static final Pattern ENDPOINT =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39}");

    /** What the embedded default offers. */
    enum Kind {
        SIMULATED(Transport.SIMULATED),
        WIREGUARD(Transport.UAPI);

        private final Transport transport;

        Kind(Transport transport) {
            this.transport = transport;
        }

        Transport transport() {
            return transport;
        }

        static Kind ofEmbedded(String text) {
            try {
                return valueOf(text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException("vpn.embedded-node is simulated or wireguard, not " + text, e);
            }
        }
    }

    /** @throws VpnException naming the field that is wrong */
    public static NodeSpec of(
            String name,
            String transport,
            String networkNamespace,
            String endpointHost,
            String sshHost,
            Integer sshPort,
            String sshUser,
            String hostKey) {
        if (!isName(name)) {
            throw VpnException.ofField(FleetError.INVALID_NODE_NAME, "name", null);
        }
        if (networkNamespace != null && !NAMESPACE.matcher(networkNamespace).matches()) {
            throw VpnException.ofField(FleetError.INVALID_NAMESPACE, "networkNamespace", null);
        }
        if (endpointHost == null || !ENDPOINT.matcher(endpointHost).matches()) {
            throw VpnException.ofField(FleetError.INVALID_ENDPOINT, "endpointHost", null);
        }
        Transport driven = transportOf(transport);
        if (driven != Transport.SSH
                && Stream.of(sshHost, sshPort, sshUser, hostKey).anyMatch(Objects::nonNull)) {
            throw VpnException.ofField(FleetError.NOT_BY_SSH, "transport", null);
        }
        return new NodeSpec(
                name,
                driven,
                Optional.ofNullable(networkNamespace),
                endpointHost,
                driven == Transport.SSH
                        ? Optional.of(SshAddress.of(sshHost, sshPort, sshUser, hostKey))
                        : Optional.empty());
    }

    static boolean isName(String name) {
        return name != null && NAME.matcher(name).matches();
    }

    private static Transport transportOf(String text) {
        for (Transport transport : Transport.values()) {
            if (transport.name().equalsIgnoreCase(text)) {
                return transport;
            }
        }
        throw VpnException.ofField(FleetError.INVALID_TRANSPORT, "transport", null);
    }
}
