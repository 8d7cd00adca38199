package io.vpnenterprise.node;

import java.io.Serializable;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Objects;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;

/**
 * The key pair by which the platform proves itself to one host: ECDSA on nistp256.
 *
 * @param privateKey PKCS #8 in Base64; never shown, never logged
 */
public record SshKeyPair(SshPublicKey publicKey, String privateKey) implements Serializable {

    private static final int BITS = 256;

    public SshKeyPair {
        Objects.requireNonNull(publicKey, "publicKey is null");
        Objects.requireNonNull(privateKey, "privateKey is null");
    }

    /** A new pair. */
    public static SshKeyPair generate() {
        try {
            KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.ECDSA_SHA2_NISTP256, BITS);
            return new SshKeyPair(
                    SshPublicKey.of(pair.getPublic()),
                    Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java makes keys on nistp256", e);
        }
    }

    KeyPair toKeyPair() {
        try {
            PrivateKey key = KeyFactory.getInstance("EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(privateKey)));
            return new KeyPair(publicKey.toKey(), key);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not a private key on nistp256");
        }
    }

    @Override
    public String toString() {
        return "SshKeyPair[" + publicKey + ", ***]";
    }
}
