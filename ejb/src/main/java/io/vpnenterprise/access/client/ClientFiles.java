package io.vpnenterprise.access.client;

import io.vpnenterprise.access.ClientConfig;
import io.vpnenterprise.access.Connections;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.UUID;

/** Writes a connection's configuration for the client that shall use it. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ClientFiles {

    @Inject
    Connections connections;

    @Inject
    ClientDevices devices;

    @Inject
    SplitTunnelRules rules;

    @Inject
    ClientsConfig config;

    /**
     * What applies to a device of the caller.
     *
     * @throws VpnException {@code DEVICE_NOT_FOUND}, {@code TOO_MANY_NETWORKS}
     */
    public ClientPolicy policy(Caller caller, UUID deviceId, ClientWish wish) {
        DeviceSettings settings = devices.settings(caller, deviceId);
        Optional<Platform> platform = wish.platform().or(settings::platform);
        return ClientPolicy.of(settings, wish, config, rules.applying(caller, deviceId, platform));
    }

    /** A server that has a name is looked up here, if the policy needs its address. */
    public FittedConfig fit(ClientConfig connection, ClientPolicy policy) {
        return FittedConfig.of(connection, policy);
    }

    /** The file of a connection that is there; the private key only with its ticket. */
    public ClientFile file(Caller caller, UUID connectionId, ClientWish wish, Optional<String> ticket) {
        return fitted(caller, connections.config(caller, connectionId, ticket), wish)
                .file(wish);
    }

    /**
     * @param interfaceName of the tunnel on the member's machine
     * @param lan whether the networks around the machine may be reached beside the tunnel
     */
    public KillSwitchAnswer killSwitch(
            Caller caller,
            UUID connectionId,
            Optional<Platform> platform,
            Optional<String> interfaceName,
            boolean lan) {
        ClientWish wish = new ClientWish(ClientFormat.CONF, platform, Optional.empty(), false);
        FittedConfig fitted = fitted(caller, connections.config(caller, connectionId, Optional.empty()), wish);
        return KillSwitchAnswer.of(
                fitted.policy().platform().orElse(Platform.LINUX),
                fitted.config(),
                interfaceName.orElse(KillSwitch.INTERFACE),
                lan);
    }

    private FittedConfig fitted(Caller caller, ClientConfig connection, ClientWish wish) {
        return fit(connection, policy(caller, connection.deviceId(), wish));
    }
}
