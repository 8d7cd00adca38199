package io.vpnenterprise.notifications;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.EnumMap;
import java.util.Map;

/** Finds who carries what. */
@ApplicationScoped
class Couriers {

    private final Map<Channel, Courier> byChannel = new EnumMap<>(Channel.class);

    @Inject
    @Any
    Instance<Courier> couriers;

    @PostConstruct
    void gather() {
        couriers.forEach(courier -> byChannel.put(courier.channel(), courier));
    }

    Courier of(Channel channel) {
        return byChannel.get(channel);
    }
}
