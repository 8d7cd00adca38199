package io.vpnenterprise.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the operator set, from MicroProfile Config's sources: {@code vpn.access.apply-deadline} as a system property, or
 * {@code VPN_ACCESS_APPLY_DEADLINE} in the environment. A value that does not parse, is outside its range, or has a name
 * nobody knows stops the start with a sentence: a typing error must not become a default.
 *
 * <p>Durations are ISO 8601 ({@code PT5S}). A secret may be given as a file: {@code VPN_MASTER_KEY_FILE}.
 */
public final class Settings {

    private static final Logger LOG = Logger.getLogger(Settings.class.getName());

    private static final String PREFIX = "vpn.";
    private static final String ENVIRONMENT_PREFIX = "VPN_";
    private static final String FILE_SUFFIX = "-file";
    private static final int MOST_IN_A_RATE = 1_000_000;

    /**
     * A setting that the product knows.
     *
     * @param name of the environment variable
     * @param value in effect; of a secret, a mask
     * @param otherwise its default; {@code none} without one
     * @param range what it can be
     */
    public record Known(String name, String value, String otherwise, String range) {}

    private static final String NONE = "none";

    private final Function<String, Optional<String>> source;
    private final Set<String> asked = new TreeSet<>();
    private final Map<String, Known> known = new TreeMap<>();

    public Settings(Function<String, Optional<String>> source) {
        this.source = source;
    }

    public Optional<String> text(String key) {
        Optional<String> value = find(key);
        know(key, value.orElse(NONE), NONE, "text");
        return value;
    }

    public String text(String key, String otherwise) {
        String value = find(key).orElse(otherwise);
        know(key, value, otherwise, "text");
        return value;
    }

    /** A comma-separated list. */
    public List<String> list(String key, List<String> otherwise) {
        List<String> value =
                find(key).map(text -> List.of(text.split("\\s*,\\s*"))).orElse(otherwise);
        know(key, String.join(",", value), String.join(",", otherwise), "list");
        return value;
    }

    public int number(String key, int otherwise, int least, int most) {
        int value = find(key)
                .map(text -> parsed(key, text, Integer::parseInt, least, most, "a whole number"))
                .orElse(otherwise);
        know(key, value, otherwise, least + " to " + most);
        return value;
    }

    public Duration duration(String key, Duration otherwise, Duration least, Duration most) {
        Duration value = find(key)
                .map(text -> parsed(key, text, Duration::parse, least, most, "a duration"))
                .orElse(otherwise);
        know(key, value, otherwise, written(least) + " to " + written(most));
        return value;
    }

    /** Such as {@code 100/PT15M}: from 1 to a million, in a second to a day. */
    public Rate rate(String key, Rate otherwise) {
        Rate value = find(key)
                .map(text -> {
                    String[] parts = text.split("/", 2);
                    return new Rate(
                            parsed(
                                    key,
                                    parts[0],
                                    Integer::parseInt,
                                    1,
                                    MOST_IN_A_RATE,
                                    "a rate such as 100/PT15M, its number"),
                            parsed(
                                    key,
                                    parts.length < 2 ? "" : parts[1],
                                    Duration::parse,
                                    Duration.ofSeconds(1),
                                    Duration.ofDays(1),
                                    "a rate such as 100/PT15M, its time"));
                })
                .orElse(otherwise);
        know(key, value, otherwise, "1 to " + MOST_IN_A_RATE + ", in PT1S to P1D");
        return value;
    }

    private static <T extends Comparable<T>> T parsed(
            String key, String text, Function<String, T> parser, T least, T most, String what) {
        try {
            T value = parser.apply(text);
            if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
                return value;
            }
        } catch (NumberFormatException | DateTimeParseException e) {
            // Said below, with the range.
        }
        throw new IllegalStateException(key + " must be " + what + " from " + least + " to " + most);
    }

    /** A secret: the value itself, or the content of the file named by the key with {@code -file}. */
    public Optional<String> secret(String key) {
        Optional<String> value = find(key);
        Optional<String> file = find(key + FILE_SUFFIX);
        know(key, value.isPresent() ? Redaction.MASK : NONE, NONE, "secret");
        know(key + FILE_SUFFIX, file.orElse(NONE), NONE, "file");
        if (value.isPresent() && file.isPresent()) {
            throw new IllegalStateException("both " + key + " and " + key + FILE_SUFFIX + " are set");
        }
        return file.map(name -> content(key + FILE_SUFFIX, Path.of(name))).or(() -> value);
    }

    private static String content(String key, Path file) {
        try {
            String content = Files.readString(file).strip();
            if (content.isEmpty()) {
                throw new IllegalStateException(key + " names an empty file: " + file);
            }
            if (isOpenToOthers(file)) {
                LOG.log(Level.WARNING, "{0}: everybody on this machine may read {1}", new Object[] {key, file});
            }
            return content;
        } catch (IOException e) {
            throw new IllegalStateException(key + " cannot be read: " + file, e);
        }
    }

    static boolean isOpenToOthers(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ);
    }

    /** Every setting that was asked for, in the order of names. */
    public List<Known> known() {
        return List.copyOf(known.values());
    }

    private Optional<String> find(String key) {
        asked.add(key);
        return source.apply(key).map(String::strip).filter(value -> !value.isEmpty());
    }

    private void know(String key, Object value, Object otherwise, String range) {
        String name = variable(key);
        // An address may hold a password.
        known.put(name, new Known(name, Redaction.of(written(value)), written(otherwise), range));
    }

    /** As an operator writes it: days in days. */
    private static String written(Object value) {
        if (value instanceof Duration duration
                && Duration.ofDays(duration.toDays()).equals(duration)) {
            return "P" + duration.toDays() + "D";
        }
        String text = value.toString();
        return text.isEmpty() ? NONE : text;
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
