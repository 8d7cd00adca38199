package io.vpnenterprise.platform.web;

import jakarta.json.bind.annotation.JsonbPropertyOrder;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Around every JSON answer that is no failure. */
@JsonbPropertyOrder({"success", "data", "timestamp"})
public record Envelope(boolean success, Object data, OffsetDateTime timestamp) {

    static Envelope of(Object data) {
        return new Envelope(true, data, OffsetDateTime.now(ZoneOffset.UTC));
    }

    /** As it may be kept: what is shown once is not shown again. */
    Envelope withoutSecrets() {
        return data instanceof ShownOnce secretive
                ? new Envelope(success, secretive.withoutSecrets(), timestamp)
                : this;
    }
}
