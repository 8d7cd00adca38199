package io.vpnenterprise.realtime;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;

/** Settings of the sockets. */
@ApplicationScoped
public class RealtimeConfig implements FeatureConfig {

    private int sockets;
    private int socketsPerUser;

    @Override
    public void read(Settings settings) {
        // Each holds buffers of some 20 KiB on the server's side.
        sockets = settings.number("vpn.realtime.sockets", 5_000, 1, 100_000);
        // A person's browsers and tabs; a client that forgets to close must not take the places of others.
        socketsPerUser = settings.number("vpn.realtime.sockets-per-user", 20, 1, 1_000);
    }

    /** On one application node, ready or not. */
    public int sockets() {
        return sockets;
    }

    /** On one application node. */
    public int socketsPerUser() {
        return socketsPerUser;
    }
}
