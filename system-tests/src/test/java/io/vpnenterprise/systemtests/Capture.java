package io.vpnenterprise.systemtests;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What goes over a link in one direction, seen by tcpdump from the moment this is there. */
final class Capture implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final Path file;
    private final Process process;

    /** @param direction {@code in} or {@code out}, as the namespace sees it */
    Capture(NetworkNamespace namespace, String link, String direction, Path directory) {
        try {
            file = Files.createTempFile(directory, "capture", ".pcap");
            Path said = Files.createTempFile(directory, "tcpdump", ".err");
            process = new ProcessBuilder(namespace.inside(
                            "tcpdump", "-i", link, "-Q", direction, "-n", "-U", "-Z", "root", "-w", file.toString()))
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(new File("/dev/null"))
                    .redirectError(said.toFile())
                    .start();
            await("tcpdump on " + link).atMost(SOON).until(() -> Files.readString(said)
                    .contains("listening on"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The packets so far that a filter (pcap-filter(7)) matches, a line each, beginning with the time. */
    List<String> packets(String filter) {
        return Program.run("tcpdump", "-r", file.toString(), "-n", "-tt", filter)
                .orFail()
                .stdout()
                .lines()
                .toList();
    }

    /** When the last of them came; there is one. */
    Instant last(String filter) {
        List<String> packets = packets(filter);
        String[] time = packets.get(packets.size() - 1).split(" ")[0].split("\\.");
        return Instant.ofEpochSecond(Long.parseLong(time[0]), TimeUnit.MICROSECONDS.toNanos(Long.parseLong(time[1])));
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        process.onExit().join();
    }
}
