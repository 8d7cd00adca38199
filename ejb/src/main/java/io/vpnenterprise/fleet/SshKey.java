package io.vpnenterprise.fleet;

import io.vpnenterprise.node.SshKeyPair;
import io.vpnenterprise.node.SshPublicKey;
import io.vpnenterprise.platform.Secrets;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The platform's key for one node, its private half sealed. The seal is bound to the node's address and host key: whoever
 * writes another address into the database does not get the platform to call there.
 */
record SshKey(SshPublicKey publicKey, byte[] sealed) {

    static SshKey seal(SshKeyPair pair, UUID nodeId, SshAddress address, Secrets secrets) {
        byte[] plain = pair.privateKey().getBytes(StandardCharsets.US_ASCII);
        return new SshKey(pair.publicKey(), secrets.seal(plain, purpose(pair.publicKey(), nodeId, address)));
    }

    /** @throws IllegalStateException when somebody altered the row */
    SshKeyPair open(UUID nodeId, SshAddress address, Secrets secrets) {
        byte[] plain = secrets.open(sealed, purpose(publicKey, nodeId, address));
        return new SshKeyPair(publicKey, new String(plain, StandardCharsets.US_ASCII));
    }

    /** Commands only: no terminal, no forwarding, no start-up file of sshd's. */
    String authorizedLine() {
        return "restrict " + publicKey.text() + " vpn-enterprise";
    }

    private static String purpose(SshPublicKey publicKey, UUID nodeId, SshAddress address) {
        return String.join(
                "/",
                "nodes.sealed_ssh_key",
                nodeId.toString(),
                address.host(),
                String.valueOf(address.port()),
                address.user(),
                address.hostKey().fingerprint(),
                publicKey.fingerprint());
    }
}
