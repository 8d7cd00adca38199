package io.vpnenterprise.notifications;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Somebody's URL that hears of events.
 *
 * @param events names of the published list, or {@code *} alone
 * @param failingSince since when no call succeeded; empty when the last did
 */
public record Webhook(
        UUID id,
        String url,
        String description,
        List<String> events,
        boolean enabled,
        Optional<OffsetDateTime> failingSince,
        Optional<OffsetDateTime> lastSuccessAt,
        OffsetDateTime createdAt) {

    public Webhook {
        events = List.copyOf(events);
    }

    /** Whose events it hears. */
    public enum Realm {
        /** Those that its owner did, or that concern him. */
        OWN,
        /** All; admins share these webhooks. */
        PLATFORM
    }

    /**
     * What a webhook shall be.
     *
     * @param description may be null
     */
    public record Spec(String url, String description, List<String> events, boolean enabled) {
        public Spec {
            events = events == null || events.stream().anyMatch(Objects::isNull) ? null : List.copyOf(events);
            description = description == null ? "" : description;
        }
    }

    /** A webhook with the secret that is shown this once. */
    public record WithSecret(Webhook webhook, String secret) {
        @Override
        public String toString() {
            return "WithSecret[" + webhook.id() + ", ***]";
        }
    }
}
