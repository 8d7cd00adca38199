package io.vpnenterprise.fleet;

import io.vpnenterprise.node.SshHost;
import io.vpnenterprise.node.SshPublicKey;
import io.vpnenterprise.platform.VpnException;
import java.util.Optional;

/**
 * Where a host is reached by SSH, checked.
 *
 * @param hostKey the only key that the host may have
 */
public record SshAddress(String host, int port, String user, SshPublicKey hostKey) {

    private static final int USUAL_PORT = 22;

    /**
     * @param port absent: 22
     * @param user absent: root
     * @param hostKey the line of the host's {@code /etc/ssh/ssh_host_ecdsa_key.pub}
     * @throws VpnException naming the field that is wrong
     */
    static SshAddress of(String host, Integer port, String user, String hostKey) {
        if (!SshHost.isName(host)) {
            throw VpnException.ofField(FleetError.INVALID_SSH_HOST, "sshHost", null);
        }
        if (port != null && (port < 1 || port > 65_535)) {
            throw VpnException.ofField(FleetError.INVALID_SSH_PORT, "sshPort", null);
        }
        if (user != null && !SshHost.isUser(user)) {
            throw VpnException.ofField(FleetError.INVALID_SSH_USER, "sshUser", null);
        }
        return new SshAddress(
                host,
                Optional.ofNullable(port).orElse(USUAL_PORT),
                Optional.ofNullable(user).orElse("root"),
                hostKey(hostKey));
    }

    /** @throws VpnException when it is no line of this kind */
    static SshPublicKey hostKey(String line) {
        try {
            return SshPublicKey.ofLine(line == null ? "" : line);
        } catch (IllegalArgumentException e) {
            throw VpnException.ofField(FleetError.INVALID_HOST_KEY, "hostKey", null);
        }
    }

    /** As OpenSSH's files have it. */
    public String hostKeyText() {
        return hostKey.text();
    }

    /** As {@code ssh-keygen -l} shows it. */
    public String hostKeyFingerprint() {
        return hostKey.fingerprint();
    }

    SshAddress withHostKey(SshPublicKey replaced) {
        return new SshAddress(host, port, user, replaced);
    }
}
