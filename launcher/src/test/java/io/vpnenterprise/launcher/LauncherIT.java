package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What keeps the launcher from starting is one sentence and exit code 1. */
class LauncherIT {
    @TempDir
    Path directory;

    @Test
    void namesThePortThatIsInUse() throws Exception {
        try (ServerSocket occupied = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    "Port " + occupied.getLocalPort() + " is in use: choose another with -Dport=NUMBER.",
                    "--port=" + occupied.getLocalPort());
        }
    }

    @Test
    void namesTheDataDirectoryThatAnotherLauncherHolds() {
        DataDirectory held = DataDirectory.open(directory);
        assertRefused("Another launcher is running on " + directory + ".", "--port=" + Ports.free());
        held.close();
    }

    @Test
    void namesTheDataDirectoryThatCannotBeWritten() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        assertRefused(
                "The data directory " + file + " cannot be written: choose another with -Ddata=DIRECTORY.",
                "--data=" + file);
    }

    @Test
    void namesTheArchiveThatIsMissingAndStopsItsDatabase() throws Exception {
        assertRefused(
                directory.resolve("none").resolve("payara-micro.jar") + " is missing: build the product first.",
                "--port=" + Ports.free(),
                "--archives=" + directory.resolve("none"));
        assertThat(directory.resolve("postgresql").resolve("data").resolve("PG_VERSION"))
                .exists();
        assertThat(directory.resolve("postgresql").resolve("data").resolve("postmaster.pid"))
                .doesNotExist();
    }

    @Test
    void namesTheOptionThatIsUnknown() {
        assertRefused("Unknown option --prot=1; there are --port, --data, --node, --watch.", "--prot=1");
    }

    private void assertRefused(String sentence, String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Launcher.class.getName(),
                "--data=" + directory));
        arguments.addAll(List.of(options));
        Command.Outcome outcome = new Command(arguments).run(Duration.ofSeconds(60));
        assertThat(outcome.output().lines()).contains(sentence);
        assertThat(outcome.output()).doesNotContain("\tat ");
        assertThat(outcome.exitCode()).isEqualTo(1);
    }
}
