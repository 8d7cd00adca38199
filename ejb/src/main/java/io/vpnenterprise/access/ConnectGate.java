package io.vpnenterprise.access;

import java.util.UUID;

/** Asked before a connection is reserved: each CDI bean of it may refuse. */
public interface ConnectGate {

    /** @throws io.vpnenterprise.platform.VpnException why this member may not connect now */
    void admit(UUID userId);
}
