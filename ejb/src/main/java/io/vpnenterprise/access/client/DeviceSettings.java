package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.VpnException;
import java.util.Optional;

/**
 * What a device's configurations are like, unless a request says otherwise.
 *
 * @param platform empty when nobody said what it runs on
 * @param dns empty: the operator's name servers
 * @param killSwitch whether what belongs in the tunnel may go nowhere else
 * @param mtu in bytes; empty: the platform's
 */
public record DeviceSettings(
        Optional<Platform> platform, Optional<DnsLevel> dns, boolean killSwitch, Optional<Integer> mtu) {

    static final DeviceSettings NONE = new DeviceSettings(Optional.empty(), Optional.empty(), false, Optional.empty());

    private static final int LEAST_MTU = 1_280;
    private static final int MOST_MTU = 1_500;

    public DeviceSettings {
        if (mtu.filter(bytes -> bytes < LEAST_MTU || bytes > MOST_MTU).isPresent()) {
            throw VpnException.ofField(ClientError.INVALID_MTU, "mtu", null);
        }
    }
}
