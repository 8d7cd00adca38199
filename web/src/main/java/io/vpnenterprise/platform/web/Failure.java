package io.vpnenterprise.platform.web;

import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.OffsetDateTime;
import java.util.Map;

/**
 * The envelope of a failure.
 *
 * @param details absent, but for endpoints that say what is in it
 */
@JsonbPropertyOrder({"success", "error", "code", "field", "details", "requestId", "timestamp"})
public record Failure(
        boolean success,
        String error,
        String code,
        String field,
        Map<String, Object> details,
        String requestId,
        OffsetDateTime timestamp) {

    /** The same as RFC 9457 has it, for clients that accept {@code application/problem+json}. */
    @JsonbPropertyOrder({"type", "title", "status", "detail", "code", "field", "details", "requestId"})
    public record Problem(
            String type,
            String title,
            int status,
            String detail,
            String code,
            String field,
            Map<String, Object> details,
            String requestId) {}
}
