package io.vpnenterprise.notifications;

import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Something on its way out of the house, as lists show it.
 *
 * @param destination an e-mail address, a webhook's id, a push subscription's id
 * @param eventId of what happened; the same for each attempt and replay
 * @param type of the mail or of the event
 * @param attempts since it was made or replayed
 * @param lastStatus of the last attempt: an HTTP status or an SMTP reply code
 * @param lastAnswer of the last attempt: what was answered, cut, or what went wrong
 */
public record Delivery(
        UUID id,
        String destination,
        UUID eventId,
        String type,
        State state,
        int attempts,
        OffsetDateTime createdAt,
        OffsetDateTime dueAt,
        Optional<OffsetDateTime> lastAttemptAt,
        Optional<OffsetDateTime> finishedAt,
        Optional<Integer> lastStatus,
        Optional<String> lastAnswer) {

    /** {@code HELD → WAITING → DELIVERED | FAILED}; a replay makes a finished one WAITING again. */
    public enum State {
        /** There is no mail server to give it to. */
        HELD,
        WAITING,
        DELIVERED,
        FAILED;

        public static Optional<State> find(String label) {
            for (State state : values()) {
                if (state.label().equals(label)) {
                    return Optional.of(state);
                }
            }
            return Optional.empty();
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
