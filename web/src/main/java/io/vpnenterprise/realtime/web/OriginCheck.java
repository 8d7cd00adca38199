package io.vpnenterprise.realtime.web;

import io.vpnenterprise.platform.PlatformConfig;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.websocket.server.ServerEndpointConfig;

/**
 * Lets browsers of our own and of the configured origins in, each compared as a whole; a browser asks no leave before it
 * opens a socket. What is no browser says no origin, and has to bring a token like everybody.
 */
public class OriginCheck extends ServerEndpointConfig.Configurator {

    @Override
    public boolean checkOrigin(String origin) {
        PlatformConfig config = CDI.current().select(PlatformConfig.class).get();
        return origin == null
                || origin.isEmpty()
                || origin.equals(config.publicUrl())
                || config.allowedOrigins().contains(origin);
    }
}
