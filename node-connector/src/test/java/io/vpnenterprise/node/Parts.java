package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of the machine that a test needs. When one is missing the test is skipped and says why, or fails if the system
 * property {@code tests.require-parts} is true.
 */
final class Parts {

    private Parts() {}

    /** The programs, root, and what a userspace device and a namespace need. */
    static void require(String... programs) {
        List<String> missing = new ArrayList<>();
        HostPrograms host = new HostPrograms();
        for (String program : programs) {
            try {
                host.require(List.of(program), Deadline.after(Duration.ofSeconds(20)));
            } catch (NodeException e) {
                missing.add(program);
            }
        }
        if (!isRoot()) {
            missing.add("root");
        }
        if (!Files.isWritable(Path.of("/dev/net/tun"))) {
            missing.add("/dev/net/tun");
        }
        String reason = "this test needs " + String.join(", ", missing);
        if (Boolean.getBoolean("tests.require-parts")) {
            assertThat(missing).as(reason).isEmpty();
        }
        assumeTrue(missing.isEmpty(), reason);
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
