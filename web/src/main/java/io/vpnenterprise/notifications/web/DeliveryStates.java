package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.Delivery;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Reads the query's {@code state}. */
final class DeliveryStates {

    private DeliveryStates() {}

    static Optional<Delivery.State> of(String label) {
        if (label == null) {
            return Optional.empty();
        }
        return Optional.of(Delivery.State.find(label)
                .orElseThrow(() -> VpnException.ofField(
                        PlatformError.INVALID_PARAMETER,
                        "state",
                        Arrays.stream(Delivery.State.values())
                                .map(Delivery.State::label)
                                .collect(Collectors.joining(", ")))));
    }
}
