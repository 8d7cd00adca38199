package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The parts of the machine that a test needs. When one is missing the test is skipped and says why, or fails if the system
 * property {@code tests.require-parts} is true.
 */
final class Parts {

    private Parts() {}

    /** These programs. */
    static void require(String... programs) {
        require(Stream.of(programs)
                .filter(program -> Program.find(program).isEmpty())
                .toList());
    }

    /** These programs, and what real devices in network namespaces need. */
    static void requireForRealDevices(String... programs) {
        List<String> missing = new ArrayList<>();
        Stream.concat(Stream.of("wireguard-go", "wg", "nft", "ip", "setsid"), Stream.of(programs))
                .filter(program -> Program.find(program).isEmpty())
                .forEach(missing::add);
        if (!isRoot()) {
            missing.add("root");
        }
        if (!Files.isWritable(Path.of("/dev/net/tun"))) {
            missing.add("/dev/net/tun");
        }
        require(missing);
    }

    private static void require(List<String> missing) {
        String reason = "this test needs " + String.join(", ", missing);
        if (Boolean.getBoolean("tests.require-parts")) {
            assertThat(missing).as(reason).isEmpty();
        }
        assumeTrue(missing.isEmpty(), reason);
    }

    private static boolean isRoot() {
        try {
            return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (UnsupportedOperationException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
