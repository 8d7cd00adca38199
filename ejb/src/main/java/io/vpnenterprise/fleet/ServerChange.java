package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import java.util.Locale;
import java.util.Optional;

/**
 * What an admin changes about a server, checked; empty stays as it is.
 *
 * @param weight 1 to 1,000; 100 is usual
 * @param capacity peers, 1 to 65,000
 * @param intake {@code OPEN} or {@code MAINTENANCE}: draining is asked for by itself
 */
public record ServerChange(
        Optional<String> name, Optional<Integer> weight, Optional<Integer> capacity, Optional<Server.Intake> intake) {

    private static final int MAX_WEIGHT = 1_000;

    /** @throws VpnException naming the field that is wrong */
    public static ServerChange of(String name, Integer weight, Integer capacity, String state) {
        if (name == null && weight == null && capacity == null && state == null) {
            throw new VpnException(PlatformError.INVALID_PARAMETER, "name, weight, capacity or state is needed");
        }
        if (name != null && !NodeSpec.isName(name)) {
            throw VpnException.ofField(FleetError.INVALID_SERVER_NAME, "name", null);
        }
        if (weight != null && (weight < 1 || weight > MAX_WEIGHT)) {
            throw VpnException.ofField(FleetError.INVALID_WEIGHT, "weight", null);
        }
        if (capacity != null && !ServerSpec.isCapacity(capacity)) {
            throw VpnException.ofField(FleetError.INVALID_CAPACITY, "capacity", null);
        }
        return new ServerChange(
                Optional.ofNullable(name),
                Optional.ofNullable(weight),
                Optional.ofNullable(capacity),
                Optional.ofNullable(state).map(ServerChange::intakeOf));
    }

    private static Server.Intake intakeOf(String state) {
        return switch (state.toLowerCase(Locale.ROOT)) {
            case "active" -> Server.Intake.OPEN;
            case "maintenance" -> Server.Intake.MAINTENANCE;
            default -> throw VpnException.ofField(FleetError.INVALID_STATE, "state", null);
        };
    }
}
