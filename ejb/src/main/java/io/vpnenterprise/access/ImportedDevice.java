package io.vpnenterprise.access;

import io.vpnenterprise.platform.VpnException;
import java.util.Optional;
import java.util.UUID;

/**
 * Whose device a peer of an imported interface is, and its name.
 *
 * @param userId empty: the import's
 * @param name empty: one made of the key
 */
public record ImportedDevice(String publicKey, Optional<UUID> userId, Optional<String> name) {

    /** @throws VpnException naming what is wrong */
    public static ImportedDevice of(String publicKey, UUID userId, String name) {
        String key = Devices.requireKey(publicKey);
        if (name != null) {
            Devices.requireName(name);
        }
        return new ImportedDevice(key, Optional.ofNullable(userId), Optional.ofNullable(name));
    }
}
