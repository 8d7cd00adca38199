package io.vpnenterprise.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What the operator set, from MicroProfile Config's sources: {@code vpn.access.apply-deadline} as a system property, or
 * {@code VPN_ACCESS_APPLY_DEADLINE} in the environment. A value that does not parse, is outside its range, or has a name
 * nobody knows stops the start with a sentence: a typing error must not become a default.
 *
 * <p>Durations are ISO 8601 ({@code PT5S}). A secret may be given as a file: {@code VPN_MASTER_KEY_FILE}.
 */
public final class Settings {

    private static final String PREFIX = "vpn.";
    private static final String ENVIRONMENT_PREFIX = "VPN_";
    private static final String FILE_SUFFIX = "-file";
    private static final int MOST_IN_A_RATE = 1_000_000;

    private final Function<String, Optional<String>> source;
    private final Set<String> asked = new TreeSet<>();

    public Settings(Function<String, Optional<String>> source) {
        this.source = source;
    }

    public Optional<String> text(String key) {
        asked.add(key);
        return source.apply(key).map(String::strip).filter(value -> !value.isEmpty());
    }

    public String text(String key, String otherwise) {
        return text(key).orElse(otherwise);
    }

    /** A comma-separated list. */
    public List<String> list(String key, List<String> otherwise) {
        return text(key).map(value -> List.of(value.split("\\s*,\\s*"))).orElse(otherwise);
    }

    public int number(String key, int otherwise, int least, int most) {
        return text(key)
                .map(value -> {
                    try {
                        int number = Integer.parseInt(value);
                        if (number >= least && number <= most) {
                            return number;
                        }
                    } catch (NumberFormatException e) {
                        // Said below, with the range.
                    }
                    throw new IllegalStateException(key + " must be a whole number from " + least + " to " + most);
                })
                .orElse(otherwise);
    }

    public Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        return text(key)
                .map(value -> {
                    try {
                        Duration duration = Duration.parse(value);
                        if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
                            return duration;
                        }
                    } catch (DateTimeParseException e) {
                        // Said below, with the range.
                    }
                    throw new IllegalStateException(key + " must be a duration from " + least + " to " + most);
                })
                .orElse(otherwise);
    }

    /** Such as {@code 100/PT15M}: from 1 to a million, in a second to a day. */
    public Rate rate(String key, Rate otherwise) {
        return text(key)
                .map(value -> {
                    String[] parts = value.split("/");
                    try {
                        Rate rate = new Rate(Integer.parseInt(parts[0]), Duration.parse(parts[1]));
                        if (parts.length == 2
                                && rate.count() >= 1
                                && rate.count() <= MOST_IN_A_RATE
                                && rate.per().compareTo(Duration.ofSeconds(1)) >= 0
                                && rate.per().compareTo(Duration.ofDays(1)) <= 0) {
                            return rate;
                        }
                    } catch (NumberFormatException | DateTimeParseException | ArrayIndexOutOfBoundsException e) {
                        // Said below, with the form.
                    }
                    throw new IllegalStateException(
                            key + " must be a number up to a million in a second to a day, such as 100/PT15M");
                })
                .orElse(otherwise);
    }

    /** A secret: the value itself, or the content of the file named by the key with {@code -file}. */
    public Optional<String> secret(String key) {
        Optional<String> value = text(key);
        Optional<String> file = text(key + FILE_SUFFIX);
        if (value.isPresent() && file.isPresent()) {
            throw new IllegalStateException("both " + key + " and " + key + FILE_SUFFIX + " are set");
        }
        return file.map(name -> {
                    try {
                        return Files.readString(Path.of(name)).strip();
                    } catch (IOException e) {
                        throw new IllegalStateException(key + FILE_SUFFIX + " cannot be read: " + name, e);
                    }
                })
                .or(() -> value);
    }

    /**
     * Refuses names that no feature asked for, once all have.
     *
     * @param properties names of all configured properties
     * @param environment names of all environment variables
     */
    public void refuseUnknown(Iterable<String> properties, Iterable<String> environment) {
        List<String> unknown = new ArrayList<>();
        Set<String> variables = new TreeSet<>();
        asked.forEach(key -> variables.add(variable(key)));
        for (String name : environment) {
            if (name.startsWith(ENVIRONMENT_PREFIX) && !variables.contains(name)) {
                unknown.add(name);
            }
        }
        for (String name : properties) {
            if (name.startsWith(PREFIX) && !asked.contains(name) && !variables.contains(variable(name))) {
                unknown.add(name);
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("unknown settings: " + unknown + "; known are " + asked);
        }
    }

    private static String variable(String key) {
        return key.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }
}
