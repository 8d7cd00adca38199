package io.vpnenterprise.node;

import java.security.SecureRandom;
import java.util.List;

/** Fresh keys for tests. */
final class Keys {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Keys() {}

    static WireGuardKey random() {
        byte[] bytes = new byte[WireGuardKey.LENGTH];
        RANDOM.nextBytes(bytes);
        return WireGuardKey.of(bytes);
    }

    /** A peer with a key of its own. */
    static PeerChange.Put put(String... allowedIps) {
        return new PeerChange.Put(Curve25519.publicKeyOf(random()), random(), List.of(allowedIps));
    }
}
