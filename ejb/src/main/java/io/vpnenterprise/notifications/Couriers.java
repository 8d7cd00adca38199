package io.vpnenterprise.notifications;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;

/** Finds who carries what. */
@ApplicationScoped
class Couriers {

    @Inject
    @Any
    Instance<Courier> couriers;

    Courier of(Channel channel) {
        return couriers.stream()
                .filter(courier -> courier.channel() == channel)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("nobody carries " + channel));
    }
}
