package io.vpnenterprise.platform.web;

import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.OffsetDateTime;

/** The envelope of a failure. */
@JsonbPropertyOrder({"success", "error", "code", "field", "requestId", "timestamp"})
public record Failure(
        boolean success, String error, String code, String field, String requestId, OffsetDateTime timestamp) {

    /** The same as RFC 9457 has it, for clients that accept {@code application/problem+json}. */
    @JsonbPropertyOrder({"type", "title", "status", "detail", "code", "field", "requestId"})
    public record Problem(
            String type, String title, int status, String detail, String code, String field, String requestId) {}
}
