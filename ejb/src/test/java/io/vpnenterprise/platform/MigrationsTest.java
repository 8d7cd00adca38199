package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One sequence over all features: two migrations with one number would run in an order that nobody chose. */
class MigrationsTest {

    @Test
    void haveOneSequenceOverAllFeatures() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/db/migration"))) {
            List<String> names = files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
            assertThat(names).isNotEmpty().allMatch(name -> name.matches("V\\d{8}_\\d{2}__[a-z0-9_]+\\.sql"));
            assertThat(names.stream().map(name -> name.substring(0, name.indexOf("__"))))
                    .doesNotHaveDuplicates();
        }
    }
}
