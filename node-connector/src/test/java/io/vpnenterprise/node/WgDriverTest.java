package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class WgDriverTest {

    private final Deadline deadline = Deadline.after(Duration.ofMinutes(1));

    @Test
    void changesWhateverMixOfPeersWithTwoPrograms() {
        RecordingPrograms programs = new RecordingPrograms();
        List<PeerChange> changes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            changes.add(Keys.put("10.8.0.2/32"));
            changes.add(new PeerChange.Remove(Keys.random()));
        }

        new WgDriver(programs, Optional.empty()).send("wg0", changes, deadline);

        assertThat(programs.argvs).hasSize(2);
    }

    @Test
    void handsSecretsOverByStdinAlone() {
        RecordingPrograms programs = new RecordingPrograms();
        WgDriver driver = new WgDriver(programs, Optional.of("ns"));
        PeerChange.Put put = Keys.put("10.8.0.2/32");
        WireGuardKey privateKey = Keys.random();

        driver.send("wg0", List.of(put), deadline);
        driver.configure("wg0", Optional.of(privateKey), OptionalInt.of(51_820), deadline);

        assertThat(programs.argvs)
                .containsExactly(
                        List.of("ip", "netns", "exec", "ns", "wg", "addconf", "wg0", "/dev/stdin"),
                        List.of(
                                "ip",
                                "netns",
                                "exec",
                                "ns",
                                "wg",
                                "set",
                                "wg0",
                                "private-key",
                                "/dev/stdin",
                                "listen-port",
                                "51820"));
        assertThat(programs.stdins.get(0)).contains(put.presharedKey().base64());
        assertThat(programs.stdins.get(1)).isEqualTo(privateKey.base64());
    }

    @Test
    void repeatsNothingOfADumpThatItDoesNotUnderstand() {
        assertThatExceptionOfType(NodeException.class)
                .isThrownBy(() -> WgDriver.parseDump("c2VjcmV0\t(none)\tx\toff\n"))
                .satisfies(e -> assertThat(e).hasNoCause().message().doesNotContain("c2VjcmV0"));
    }

    private static final class RecordingPrograms implements Programs {
        private final List<List<String>> argvs = new ArrayList<>();
        private final List<String> stdins = new ArrayList<>();

        @Override
        public Ended run(List<String> argv, String stdin, Deadline deadline) {
            argvs.add(argv);
            stdins.add(stdin);
            return new Ended(argv.get(0), 0, new byte[0], "");
        }

        @Override
        public void require(List<String> programs, Deadline deadline) {
            // All are there.
        }

        @Override
        public void close() {
            // Nothing is kept.
        }
    }
}
