package io.vpnenterprise.access.client;

import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.platform.VpnException;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** What a member wants in the tunnel, or out of it. */
public record SplitTunnelRule(UUID id, Spec spec, OffsetDateTime createdAt) {

    /**
     * What one says.
     *
     * @param include whether the network goes through the tunnel, or beside it
     * @param network an address, or a network without bits behind its prefix
     * @param deviceId empty: all of the member's devices
     * @param platform empty: all
     * @param priority 0 to 1000; of two that overlap the higher one holds
     * @param description up to 200 printable characters
     */
    public record Spec(
            boolean include,
            String network,
            Optional<UUID> deviceId,
            Optional<Platform> platform,
            boolean enabled,
            int priority,
            String description) {

        private static final int MOST_PRIORITY = 1_000;
        private static final Pattern DESCRIPTION = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,200}");

        public Spec {
            AddressBlock block = Networks.parse(network)
                    .orElseThrow(() -> VpnException.ofField(ClientError.INVALID_SPLIT_TUNNEL_NETWORK, "value", null));
            network = block.toString();
            if (priority < 0 || priority > MOST_PRIORITY) {
                throw VpnException.ofField(ClientError.INVALID_PRIORITY, "priority", null);
            }
            if (!DESCRIPTION.matcher(description).matches()) {
                throw VpnException.ofField(ClientError.INVALID_DESCRIPTION, "description", null);
            }
        }
    }
}
