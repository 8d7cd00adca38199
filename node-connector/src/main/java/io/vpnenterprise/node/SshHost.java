package io.vpnenterprise.node;

import java.io.Serializable;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Where a host is reached by SSH, and how either side knows the other.
 *
 * @param name a host name or an IP address, IPv6 without brackets
 * @param port TCP, 1 to 65535
 * @param user who runs WireGuard's programs there: root, since nothing else may
 * @param hostKey the one key that the host may have; nothing is sent to a host with another
 * @param keyPair the platform's own, for this host alone
 */
public record SshHost(String name, int port, String user, SshPublicKey hostKey, SshKeyPair keyPair)
        implements Serializable {

    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]{2,45}");
    private static final Pattern USER = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");

    public SshHost {
        if (!isName(name)) {
            throw new IllegalArgumentException("not the name of a host");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port is outside 1 to 65535: " + port);
        }
        if (!isUser(user)) {
            throw new IllegalArgumentException("not the name of a user");
        }
        Objects.requireNonNull(hostKey, "hostKey is null");
        Objects.requireNonNull(keyPair, "keyPair is null");
    }

    /** Whether it may be a host's name or address. */
    public static boolean isName(String text) {
        return text != null && NAME.matcher(text).matches();
    }

    /** Whether it may be the name of a user of a Linux system. */
    public static boolean isUser(String text) {
        return text != null && USER.matcher(text).matches();
    }

    /** For people: where, not how. */
    @Override
    public String toString() {
        return user + "@" + name + " port " + port;
    }
}
