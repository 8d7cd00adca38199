package io.vpnenterprise.access.client;

import java.util.Optional;

/**
 * How somebody wants a configuration; what he leaves out, his device's settings say.
 *
 * @param onDemand whether an Apple device shall connect by itself whenever it has a network
 */
public record ClientWish(ClientFormat format, Optional<Platform> platform, Optional<DnsLevel> dns, boolean onDemand) {

    /** As the device's settings have it, for wg-quick. */
    public static final ClientWish NONE = new ClientWish(ClientFormat.CONF, Optional.empty(), Optional.empty(), false);
}
