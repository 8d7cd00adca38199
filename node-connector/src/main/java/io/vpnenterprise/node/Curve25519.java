package io.vpnenterprise.node;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/** What the UAPI leaves to its reader: the public key of a private key, and the form in which a device keeps it. */
final class Curve25519 {

    /** The base point of RFC 7748, section 4.1. */
    private static final BigInteger BASE_POINT = BigInteger.valueOf(9);

    private Curve25519() {}

    static WireGuardKey publicKeyOf(WireGuardKey privateKey) {
        try {
            KeyFactory keys = KeyFactory.getInstance("X25519");
            PrivateKey scalar =
                    keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, privateKey.bytes()));
            PublicKey base = keys.generatePublic(new XECPublicKeySpec(NamedParameterSpec.X25519, BASE_POINT));
            KeyAgreement agreement = KeyAgreement.getInstance("X25519");
            agreement.init(scalar);
            agreement.doPhase(base, true);
            return WireGuardKey.of(agreement.generateSecret());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 11 has X25519", e);
        }
    }

    /** RFC 7748, section 5: devices clamp a private key when they are given one, so this is what they answer with. */
    static WireGuardKey clamped(WireGuardKey privateKey) {
        byte[] bytes = privateKey.bytes();
        bytes[0] &= (byte) 248;
        bytes[31] &= 127;
        bytes[31] |= 64;
        return WireGuardKey.of(bytes);
    }
}
