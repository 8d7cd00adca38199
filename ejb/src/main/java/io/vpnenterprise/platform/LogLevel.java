package io.vpnenterprise.platform;

import java.util.Locale;
import java.util.logging.Level;

/** How much is logged, in the original's words. */
enum LogLevel {
    ERROR(Level.SEVERE),
    WARN(Level.WARNING),
    INFO(Level.INFO),
    DEBUG(Level.FINE),
    TRACE(Level.FINEST);

    private final Level level;

    LogLevel(Level level) {
        this.level = level;
    }

    /** @throws IllegalStateException for another word */
    static LogLevel parse(String word) {
        try {
            return valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("LOG_LEVEL must be error, warn, info, debug or trace");
        }
    }

    /** Servers have levels of their own in between. */
    static LogLevel of(Level level) {
        for (LogLevel word : values()) {
            if (level.intValue() >= word.level.intValue()) {
                return word;
            }
        }
        return TRACE;
    }

    Level level() {
        return level;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
