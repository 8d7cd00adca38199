package io.vpnenterprise.platform;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/**
 * One line of JSON for each record, with the fields of the request under way, secrets masked. A record's parameter that is
 * a map becomes fields of its own.
 */
final class JsonLines extends Formatter {

    /** A line is for reading; what is longer is somebody's attempt to fill the disk. */
    private static final int MAX_TEXT = 16_384;

    @Override
    public String format(LogRecord record) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("timestamp", record.getInstant());
        fields.put("level", LogLevel.of(record.getLevel()).word());
        fields.put("logger", record.getLoggerName());
        fields.put("message", message(record));
        fields.putAll(LogContext.fields());
        if (record.getParameters() != null) {
            for (Object parameter : record.getParameters()) {
                if (parameter instanceof Map<?, ?> more) {
                    more.forEach((name, value) -> fields.put(String.valueOf(name), value));
                }
            }
        }
        fields.put("thread", record.getLongThreadID());
        if (record.getThrown() != null) {
            fields.put("error", stack(record.getThrown()));
        }
        return line(fields);
    }

    /** WildFly's records have formats of parameters that the JDK does not know, and say their text by themselves. */
    private String message(LogRecord record) {
        try {
            Method formatted = record.getClass().getMethod("getFormattedMessage");
            return String.valueOf(formatted.invoke(record));
        } catch (ReflectiveOperationException e) {
            return String.valueOf(formatMessage(record));
        }
    }

    private static String stack(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private static String line(Map<String, Object> fields) {
        StringBuilder line = new StringBuilder(256);
        fields.forEach((name, value) -> {
            if (value != null) {
                line.append(line.isEmpty() ? '{' : ',');
                append(line, name);
                line.append(':');
                if (value instanceof Number) {
                    line.append(value);
                } else {
                    append(line, Redaction.of(name, cut(value.toString())));
                }
            }
        });
        return line.append("}\n").toString();
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
    }

    /** As RFC 8259, section 7, and whatever else could end a line in somebody's terminal. */
    private static void append(StringBuilder line, String text) {
        line.append('"');
        text.chars().forEach(c -> {
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\t' -> line.append("\\t");
                default -> {
                    if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                        line.append("\\u%04x".formatted(c));
                    } else {
                        line.append((char) c);
                    }
                }
            }
        });
        line.append('"');
    }
}
