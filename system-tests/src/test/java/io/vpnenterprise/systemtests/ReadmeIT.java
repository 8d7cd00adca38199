package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stranger reads first works as it stands. */
class ReadmeIT {

    private static final Pattern BLOCK = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);

    @Test
    void theWalksThroughTheMainJobsWorkLineByLine(@TempDir Path directory) throws IOException, InterruptedException {
        String readme = Files.readString(Path.of(System.getProperty("product.root"), "README.md"));
        // The second goes on from the first.
        List<String> walks = BLOCK.matcher(readme)
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.contains("curl"))
                .toList();
        assertThat(walks).hasSize(2);
        try (Product product = Product.startWithTenants(Map.of("VPN_EMBEDDED_NODE", "simulated"))) {
            String lines = String.join("\n", walks)
                    .replace("http://localhost:8080", product.url().toString());
            Path script = Files.writeString(directory.resolve("walk.sh"), lines);
            Path output = directory.resolve("output");

            // -e: the first line that fails ends it; -x: and shows itself.
            Process shell = new ProcessBuilder("bash", "-euxo", "pipefail", script.toString())
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = shell.waitFor(60, TimeUnit.SECONDS);
            shell.destroyForcibly();

            assertThat(ended).isTrue();
            assertThat(shell.exitValue()).as(Files.readString(output)).isZero();
            assertThat(directory.resolve("vpn.conf"))
                    .content()
                    .contains("[Interface]")
                    .doesNotContain("PUT-YOUR-PRIVATE-KEY-HERE");
            assertThat(Files.readAllBytes(directory.resolve("vpn.png"))).startsWith(0x89, 'P', 'N', 'G');
            assertThat(Files.readString(output))
                    .contains("\"confirmed\":true")
                    .contains("\"endReason\":\"disconnected\"")
                    .containsPattern("(?m)^postgresql://t_\\w+_owner:");
        }
    }
}
