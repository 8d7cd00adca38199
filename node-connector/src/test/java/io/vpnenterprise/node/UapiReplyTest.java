package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UapiReplyTest {

    private final WireGuardKey privateKey = Keys.random();
    private final WireGuardKey first = Keys.random();
    private final WireGuardKey second = Keys.random();
    private final WireGuardKey presharedKey = Keys.random();

    @Test
    void readsDeviceAndPeers() throws IOException {
        UapiReply reply =
                parse("""
                private_key=%s
                listen_port=51820
                fwmark=7
                public_key=%s
                preshared_key=%s
                protocol_version=1
                endpoint=[2001:db8::7]:4500
                last_handshake_time_sec=1700000000
                last_handshake_time_nsec=250
                tx_bytes=11
                rx_bytes=22
                persistent_keepalive_interval=0
                allowed_ip=fd00:8::2/128
                allowed_ip=10.8.0.2/32
                public_key=%s
                preshared_key=%s
                last_handshake_time_sec=0
                last_handshake_time_nsec=0
                some_day=a new key
                errno=0

                """.formatted(privateKey.hex(), first.hex(), presharedKey.hex(), second.hex(), "0".repeat(64)));

        assertThat(reply.errno()).isZero();
        assertThat(reply.state())
                .isEqualTo(new DeviceState(
                        Optional.of(privateKey),
                        51_820,
                        List.of(
                                new PeerState(
                                        first,
                                        Optional.of(presharedKey),
                                        List.of("10.8.0.2/32", "fd00:8::2/128"),
                                        Optional.of("[2001:db8::7]:4500"),
                                        Optional.of(Instant.ofEpochSecond(1_700_000_000, 250)),
                                        22,
                                        11),
                                new PeerState(
                                        second,
                                        Optional.empty(),
                                        List.of(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        0,
                                        0))));
    }

    @Test
    void readsTheErrnoOfDevicesInGoAndOfOthers() throws IOException {
        assertThat(parse("errno=-98\n\n").errno()).isEqualTo(98);
        assertThat(parse("errno=98\n\n").errno()).isEqualTo(98);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "listen_port=1\n\n",
                "no equals sign\n",
                "listen_port=x\n",
                "allowed_ip=::/0\n",
                "public_key=07\n",
                "public_key=00000000000000000000000000000000000000000000000000000000000000zz\n",
                "public_key=0000000000000000000000000000000000000000000000000000000000000000 \n"
            })
    void refusesWhatIsNoUapi(String text) {
        assertThatIOException().isThrownBy(() -> parse(text));
    }

    /** Devices may add keys, of any length. */
    @Test
    void readsLinesLongerThanAnyThatItKnows() throws IOException {
        UapiReply reply = parse("some_day=" + "7".repeat(1_000) + "\nlisten_port=51820\nerrno=0\n\n");

        assertThat(reply.state().listenPort()).isEqualTo(51_820);
    }

    @Test
    void keepsAPrivateKeyOutOfItsErrors() {
        assertThatIOException()
                .isThrownBy(() -> parse("private_key=5ec2e7\n"))
                .satisfies(e -> assertThat(e).message().doesNotContain("5ec2e7"));
    }

    private static UapiReply parse(String text) throws IOException {
        UapiReply reply = UapiReply.full();
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            assertThat(reply.accept(bytes[i])).isEqualTo(i == bytes.length - 1 && text.endsWith("\n\n"));
        }
        return reply;
    }
}
