package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vpnenterprise.node.NodeTarget.Transport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SshHostTest {

    private final SshKeyPair keyPair = SshKeyPair.generate();
    private final SshPublicKey hostKey = SshKeyPair.generate().publicKey();
    private final UUID id = UUID.randomUUID();

    @Test
    void showsNoPrivateKey() {
        NodeTarget target = target(host("example.org", keyPair));

        assertThat(target.toString() + keyPair)
                .contains("example.org")
                .doesNotContain(keyPair.privateKey().substring(0, 20));
    }

    @Test
    void isAnotherNodeWithAnyOtherPart() {
        NodeTarget target = target(host("example.org", keyPair));

        assertThat(target).isEqualTo(target(host("example.org", keyPair)));
        assertThat(target).isNotEqualTo(target(host("example.net", keyPair)));
        assertThat(target).isNotEqualTo(target(host("example.org", SshKeyPair.generate())));
        assertThat(target).isNotEqualTo(target(new SshHost("example.org", 22, "root", keyPair.publicKey(), keyPair)));
    }

    @Test
    void survivesSerialization() throws IOException, ClassNotFoundException {
        NodeTarget target = target(host("example.org", keyPair));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(target);
        }

        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(target);
        }
    }

    @Test
    void signsWithThePairItShows() {
        assertThat(SshPublicKey.of(keyPair.toKeyPair().getPublic())).isEqualTo(keyPair.publicKey());
    }

    @Test
    void readsAFilesLineWithItsComment() {
        assertThat(SshPublicKey.ofLine(hostKey.text() + " root@host\n")).isEqualTo(hostKey);
        assertThat(hostKey.fingerprint()).startsWith("SHA256:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ecdsa-sha2-nistp256",
                "ecdsa-sha2-nistp256 AAAA",
                "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3mV0mLJ1kq0o3m8wqv5w0xq1m8T0jz8w5qvX0Zy0aE"
            })
    void refusesWhatIsNoKey(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> SshPublicKey.ofLine(line));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "-oProxyCommand=x", "a b", "a/b", "host:22", "[::1]"})
    void refusesWhatIsNoHost(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> host(name, keyPair));
    }

    @Test
    void belongsToTheSshTransportAlone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NodeTarget(id, Transport.SSH, Optional.empty()));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new NodeTarget(id, Transport.WG, Optional.empty(), Optional.of(host("example.org", keyPair))));
    }

    private SshHost host(String name, SshKeyPair pair) {
        return new SshHost(name, 22, "root", hostKey, pair);
    }

    private NodeTarget target(SshHost host) {
        return new NodeTarget(id, Transport.SSH, Optional.empty(), Optional.of(host));
    }
}
