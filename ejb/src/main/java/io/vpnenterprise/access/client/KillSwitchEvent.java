package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.VpnException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;

/**
 * What a member's client said of its kill switch.
 *
 * @param address where it said so from
 */
public record KillSwitchEvent(
        UUID id, UUID deviceId, Type type, String reason, String address, OffsetDateTime reportedAt) {

    /** What happened. */
    public enum Type {
        ACTIVATED,
        DEACTIVATED,
        /** It held back what the tunnel did not take. */
        TRIGGERED;

        public static Type parse(String text) {
            return Arrays.stream(values())
                    .filter(type -> type.label().equals(text))
                    .findFirst()
                    .orElseThrow(() -> VpnException.ofField(ClientError.INVALID_KILL_SWITCH_EVENT, "type", null));
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
