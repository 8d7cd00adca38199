package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.node.NodeException.Reason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HostProgramsTest {

    private final HostPrograms programs = new HostPrograms();

    @Test
    void passesArgumentsAndInputAsTheyAre() {
        assertThat(programs.run(List.of("printf", "%s", "$(id); 'x'"), "", soon())
                        .text())
                .isEqualTo("$(id); 'x'");
        assertThat(programs.run(List.of("cat"), "secret", soon()).text()).isEqualTo("secret");
    }

    @Test
    void stopsAProgramThatDoesNotEndInTime() {
        long start = System.nanoTime();

        NodeConnectionContract.assertReason(
                Reason.UNAVAILABLE,
                () -> programs.run(List.of("sleep", "50"), "", Deadline.after(Duration.ofMillis(100))));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void stopsAProgramThatPrintsWithoutEnd() {
        NodeConnectionContract.assertReason(
                Reason.UNAVAILABLE, () -> programs.run(List.of("cat", "/dev/zero"), "", soon()));
    }

    @Test
    void saysThatAProgramIsMissing() {
        NodeConnectionContract.assertReason(Reason.REFUSED, () -> programs.run(List.of("no-such-program"), "", soon()));
    }

    @Test
    void startsProgramsWithoutTheServersEnvironment() {
        assertThat(programs.run(List.of("env"), "", soon()).text().lines())
                .allMatch(line -> line.startsWith("PATH=") || line.equals("LC_ALL=C"));
    }

    @Test
    void repeatsAProgramsFirstLineAboutItsFailure() {
        Programs.Ended ended =
                new Programs.Ended("wireguard-go", 1, new byte[0], "┌─┐\n│ banner │\n└─┘\nERROR: no\nmore\n");

        NodeConnectionContract.assertReason(Reason.REFUSED, ended::orRefused);
        assertThat(ended.reason()).isEqualTo("ERROR: no");
    }

    private static Deadline soon() {
        return Deadline.after(Duration.ofSeconds(20));
    }
}
