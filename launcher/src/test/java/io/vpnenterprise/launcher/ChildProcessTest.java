package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildProcessTest {
    @TempDir
    Path directory;

    /** A launcher that starts a child from a thread that ends, says the child's id, and stays. */
    static final class Parent {
        public static void main(String[] arguments) throws Exception {
            Thread starter = new Thread(() -> {
                ChildProcess child = ChildProcess.start(List.of("sleep", "600"), Map.of(), Path.of(arguments[0]));
                System.out.println(child.pid());
            });
            starter.start();
            starter.join();
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void endsWhenTheLauncherIsKilled() throws Exception {
        Assumptions.assumeTrue(Command.find("setpriv").isPresent(), "this test needs setpriv");
        Process parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        directory.resolve("log").toString())
                .start();
        ProcessHandle child;
        try (BufferedReader said = new BufferedReader(new InputStreamReader(parent.getInputStream()))) {
            child = ProcessHandle.of(Long.parseLong(said.readLine())).orElseThrow();
            // It outlives the thread that asked for it.
            assertThat(child.isAlive()).isTrue();
        } finally {
            parent.destroyForcibly().waitFor();
        }
        try {
            assertThat(Poll.until(Duration.ofSeconds(10), () -> !child.isAlive()))
                    .isTrue();
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void keepsWhatTheChildSaidLast() {
        ChildProcess child = ChildProcess.start(
                List.of("sh", "-c", "echo 'VPN Enterprise does not start: no \"key\"'"),
                Map.of(),
                directory.resolve("log"));
        child.endsWithin(Duration.ofSeconds(10));
        assertThat(child.refusal()).contains("no ");
        assertThat(directory.resolve("log")).content().startsWith("VPN Enterprise does not start");
    }
}
