package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    Path directory;

    @Test
    void keepsFiveFilesOfFiveMegabytesTheNewestFirst() throws Exception {
        Path log = directory.resolve("server.log");
        String megabyte = "x".repeat(999_990);
        for (int run = 0; run < 2; run++) {
            StringBuilder lines = new StringBuilder();
            for (int i = 0; i < 18; i++) {
                lines.append(run * 18 + i).append(' ').append(megabyte).append('\n');
            }
            List<String> seen = new ArrayList<>();
            LogFile.copy(new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.UTF_8)), log, seen::add);
            assertThat(seen).hasSize(18);
        }

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "server.log", "server.log.1", "server.log.2", "server.log.3", "server.log.4");
        }
        // 36 lines, five a file: the last file has the 36th alone.
        assertThat(log).content().startsWith("35 ");
        assertThat(directory.resolve("server.log.1")).content().startsWith("30 ");
        assertThat(directory.resolve("server.log.4")).content().startsWith("15 ");
        assertThat(log.resolveSibling("server.log.4")).isNotEmptyFile();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).allSatisfy(file -> assertThat(Files.size(file)).isLessThanOrEqualTo(LogFile.MAX_BYTES));
        }
    }
}
