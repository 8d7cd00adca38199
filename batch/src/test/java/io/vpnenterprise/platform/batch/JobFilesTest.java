package io.vpnenterprise.platform.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a container would say only when a job starts at night. */
class JobFilesTest {

    private static final Pattern REF = Pattern.compile("ref=\"([^\"]+)\"");
    private static final Pattern STEP = Pattern.compile("<step id=\"([^\"]+)\"");
    private static final Pattern NAMED = Pattern.compile("@Named\\s+public class (\\w)(\\w*)");

    @Test
    void everyRefNamesABean() throws IOException {
        Set<String> beans = texts(Path.of("src/main/java"), ".java").stream()
                .flatMap(text -> NAMED.matcher(text).results())
                .map(found -> found.group(1).toLowerCase(java.util.Locale.ROOT) + found.group(2))
                .collect(Collectors.toSet());
        assertThat(matches(REF)).isNotEmpty().allMatch(beans::contains);
    }

    @Test
    void everyStepHasANameThatReads() throws IOException {
        assertThat(matches(STEP)).isNotEmpty().allMatch(step -> step.matches("[a-z]+(-[a-z]+)*"));
    }

    private static List<String> matches(Pattern pattern) throws IOException {
        return texts(Path.of("src/main/resources/META-INF/batch-jobs"), ".xml").stream()
                .map(pattern::matcher)
                .flatMap(Matcher::results)
                .map(found -> found.group(1))
                .toList();
    }

    private static List<String> texts(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
        }
    }
}
