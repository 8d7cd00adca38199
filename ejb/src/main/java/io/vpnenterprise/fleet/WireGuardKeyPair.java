package io.vpnenterprise.fleet;

import io.vpnenterprise.node.WireGuardKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.XECPrivateKey;
import java.security.interfaces.XECPublicKey;
import java.security.spec.NamedParameterSpec;

/** A Curve25519 key pair (RFC 7748), made in this process: a private key never is an argument of a program. */
public record WireGuardKeyPair(WireGuardKey privateKey, WireGuardKey publicKey) {

    private static final SecureRandom RANDOM = new SecureRandom();

    public static WireGuardKeyPair generate() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("XDH");
            generator.initialize(NamedParameterSpec.X25519, RANDOM);
            KeyPair pair = generator.generateKeyPair();
            byte[] scalar = ((XECPrivateKey) pair.getPrivate()).getScalar().orElseThrow();
            // The JDK clamps when it computes, not what it hands out; wg(8) shows clamped keys.
            scalar[0] &= (byte) 248;
            scalar[31] = (byte) (scalar[31] & 127 | 64);
            return new WireGuardKeyPair(
                    WireGuardKey.of(scalar), WireGuardKey.of(littleEndian(((XECPublicKey) pair.getPublic()).getU())));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("X25519 is not to be had", e);
        }
    }

    /** A preshared key: 256 random bits. */
    public static WireGuardKey presharedKey() {
        byte[] bytes = new byte[WireGuardKey.LENGTH];
        RANDOM.nextBytes(bytes);
        return WireGuardKey.of(bytes);
    }

    private static byte[] littleEndian(BigInteger number) {
        byte[] big = number.toByteArray();
        byte[] little = new byte[WireGuardKey.LENGTH];
        for (int i = 0; i < Math.min(big.length, little.length); i++) {
            little[i] = big[big.length - 1 - i];
        }
        return little;
    }
}
