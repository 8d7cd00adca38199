package io.vpnenterprise.access;

import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A device that was just added.
 *
 * @param made what exists only when the key pair is ours
 */
public record NewDevice(Device device, Optional<MadeKey> made) {

    /**
     * A private key, shown this once.
     *
     * @param ticket opens it again, until it expires, for the device's first configuration
     */
    public record MadeKey(String privateKey, String ticket, OffsetDateTime expiresAt) {
        @Override
        public String toString() {
            return "***";
        }
    }
}
