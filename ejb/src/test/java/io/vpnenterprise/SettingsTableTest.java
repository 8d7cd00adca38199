package io.vpnenterprise;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The operator's table of settings, in {@code server-config/README.md}, says what the code does. */
class SettingsTableTest {

    private static final Path CLASSES = Path.of("target", "classes");
    private static final Path TABLE = Path.of("..", "server-config", "README.md");
    private static final int SHORTEST_REASON = 15;
    private static final String MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    @Test
    void hasEverySettingWithItsDefaultRangeAndReason() throws Exception {
        Settings settings = new Settings(key -> Optional.of(MASTER_KEY).filter(x -> key.equals("vpn.master-key")));
        for (FeatureConfig config : configs()) {
            config.read(settings);
        }
        List<String> rows = rows();

        List<String> missing = new ArrayList<>();
        for (Settings.Known known : settings.known()) {
            String begin = "| `%s` | `%s` | `%s` | ".formatted(known.name(), known.otherwise(), known.range());
            if (rows.stream()
                    .noneMatch(row -> row.startsWith(begin) && row.length() > begin.length() + SHORTEST_REASON)) {
                missing.add(begin + "… |");
            }
        }

        assertThat(missing).as("rows that the table lacks, or has otherwise").isEmpty();
        assertThat(rows)
                .as("rows of settings that nobody reads")
                .hasSize(settings.known().size());
    }

    /** Those with a placeholder in their name, such as a provider's, are known only when they are set. */
    private static List<String> rows() throws IOException {
        String text = Files.readString(TABLE);
        return text.substring(text.indexOf("## Settings"))
                .lines()
                .filter(line -> line.startsWith("| `") && !line.split("`")[1].contains("<"))
                .toList();
    }

    private static List<FeatureConfig> configs() throws Exception {
        List<FeatureConfig> configs = new ArrayList<>();
        try (Stream<Path> files = Files.walk(CLASSES)) {
            for (Path file : files.filter(path -> path.toString().endsWith("Config.class"))
                    .toList()) {
                String name =
                        CLASSES.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
                Class<?> type = Class.forName(name);
                if (FeatureConfig.class.isAssignableFrom(type) && !type.isInterface()) {
                    configs.add((FeatureConfig) type.getDeclaredConstructor().newInstance());
                }
            }
        }
        return configs;
    }
}
