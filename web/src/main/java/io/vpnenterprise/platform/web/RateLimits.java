package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import java.util.EnumMap;
import java.util.Map;

/** How often each client called this application node, by class of route. Thread-safe. */
@ApplicationScoped
public class RateLimits {

    @Inject
    PlatformConfig config;

    private final Map<RouteClass, FixedWindows> windows = new EnumMap<>(RouteClass.class);

    @PostConstruct
    void begin() {
        for (RouteClass route : RouteClass.values()) {
            windows.put(route, new FixedWindows(config.rate(route), System::nanoTime));
        }
    }

    /**
     * Counts a request; its answer will say what is left.
     *
     * @param client the address, device or account that is counted
     * @throws VpnException {@code RATE_LIMITED}
     */
    void count(ContainerRequestContext request, RouteClass route, String client) {
        FixedWindows.Count count = count(route, client);
        request.setProperty(RateLimitHeaders.PROPERTY, count);
        if (!count.admitted()) {
            throw new VpnException(PlatformError.RATE_LIMITED);
        }
    }

    /** Counts what does not come to the API. */
    FixedWindows.Count count(RouteClass route, String client) {
        return windows.get(route).count(client);
    }

    /** Whether a client's next request would be refused. */
    boolean isFull(RouteClass route, String client) {
        return windows.get(route).isFull(client);
    }
}
