package io.vpnenterprise.platform;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The server's log while the product runs in it: {@link JsonLines} instead of the server's own format, whose records could
 * name no request and mask nothing. The server's handlers stay: where the log goes is the operator's to say.
 */
final class Logs {

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger PRODUCT = Logger.getLogger("io.vpnenterprise");

    private static final Logger ROOT = Logger.getLogger("");

    private final Map<Handler, Formatter> before = new LinkedHashMap<>();
    private final Map<Logger, Level> levels = new LinkedHashMap<>();

    void begin() {
        levels.put(PRODUCT, PRODUCT.getLevel());
        levels.put(ROOT, ROOT.getLevel());
        for (Handler handler : ROOT.getHandlers()) {
            before.put(handler, handler.getFormatter());
            handler.setFormatter(new JsonLines());
        }
    }

    /** More than info is about the product alone: a server's own chatter would bury it. */
    void level(LogLevel level) {
        PRODUCT.setLevel(level.level());
        if (level.level().intValue() > Level.INFO.intValue()) {
            ROOT.setLevel(level.level());
        }
    }

    /** So that no class of an application that has gone stays in the server, and its level is no other's. */
    void end() {
        before.forEach(Handler::setFormatter);
        before.clear();
        levels.forEach(Logger::setLevel);
        levels.clear();
    }
}
