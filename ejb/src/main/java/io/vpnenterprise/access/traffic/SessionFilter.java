package io.vpnenterprise.access.traffic;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import java.util.Optional;
import java.util.UUID;

/** Which sessions an admin wants to see; what is empty matches all. */
public record SessionFilter(Optional<UUID> userId, Optional<UUID> serverId, Optional<Boolean> active) {

    /**
     * Reads a request's parameters; absent ones are null.
     *
     * @throws VpnException {@code INVALID_PARAMETER}
     */
    public static SessionFilter of(String userId, String serverId, String active) {
        return new SessionFilter(id("userId", userId), id("serverId", serverId), flag(active));
    }

    private static Optional<UUID> id(String field, String text) {
        try {
            return Optional.ofNullable(text).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, field, "not an id");
        }
    }

    private static Optional<Boolean> flag(String text) {
        if (text != null && !text.equals("true") && !text.equals("false")) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "active", "true or false");
        }
        return Optional.ofNullable(text).map(Boolean::valueOf);
    }
}
