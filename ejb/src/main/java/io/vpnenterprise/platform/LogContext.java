package io.vpnenterprise.platform;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What each line of the log says of the request under way: belongs to its thread, from the request's begin to its end. */
public final class LogContext {

    private static final ThreadLocal<Map<String, Object>> FIELDS = new ThreadLocal<>();

    private LogContext() {}

    public static void begin(Origin origin) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("requestId", origin.requestId());
        fields.put("address", origin.address());
        FIELDS.set(fields);
    }

    /** Once it is known who calls. */
    public static void caller(UUID userId) {
        Map<String, Object> fields = FIELDS.get();
        if (fields != null) {
            fields.put("userId", userId);
        }
    }

    /** Once it is known why the request is refused. */
    public static void failed(ErrorCode code) {
        Map<String, Object> fields = FIELDS.get();
        if (fields != null) {
            fields.put("code", code.name());
        }
    }

    /** Needed: the thread goes on to another request. */
    public static void end() {
        FIELDS.remove();
    }

    static Map<String, Object> fields() {
        Map<String, Object> fields = FIELDS.get();
        return fields == null ? Map.of() : fields;
    }
}
