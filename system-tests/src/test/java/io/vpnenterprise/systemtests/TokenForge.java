package io.vpnenterprise.systemtests;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.function.Consumer;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs tokens that the product itself would not issue, with the product's own key: the tests know the master key that it
 * is sealed under. What the product then refuses, it refuses for the one claim that was changed.
 */
final class TokenForge {

    /** What stands before the ciphertext: one byte of version, 12 of nonce. */
    private static final int NONCE_FROM = 1;

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final RSAKey key;

    private TokenForge(RSAKey key) {
        this.key = key;
    }

    static TokenForge of(Product product) {
        try (Connection connection = product.database().connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT kid, sealed_private FROM signing_keys"
                        + " WHERE signs_from <= now() ORDER BY signs_from DESC LIMIT 1")) {
            row.next();
            byte[] jwk = open(row.getBytes("sealed_private"), "signing_keys/" + row.getString("kid"));
            return new TokenForge(RSAKey.parse(new String(jwk, StandardCharsets.UTF_8)));
        } catch (SQLException | GeneralSecurityException | ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same token, changed and signed again. */
    String changed(String token, Consumer<JWTClaimsSet.Builder> change) {
        return signed(token, change, key);
    }

    String expired(String token) {
        return changed(
                token, claims -> claims.expirationTime(Date.from(Instant.now().minus(Duration.ofMinutes(1)))));
    }

    /** The same token under another key that bears the name of ours. */
    static String signed(String token, Consumer<JWTClaimsSet.Builder> change, RSAKey key) {
        try {
            JWTClaimsSet.Builder claims =
                    new JWTClaimsSet.Builder(SignedJWT.parse(token).getJWTClaimsSet());
            change.accept(claims);
            SignedJWT signed = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.RS256)
                            .keyID(key.getKeyID())
                            .build(),
                    claims.build());
            signed.sign(new RSASSASigner(key));
            return signed.serialize();
        } catch (ParseException | JOSEException e) {
            throw new IllegalArgumentException(e);
        }
    }

    String keyId() {
        return key.getKeyID();
    }

    /** Opens what the product sealed for this purpose. */
    static byte[] open(byte[] sealed, String purpose) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(Base64.getDecoder().decode(Product.MASTER_KEY), "AES"),
                new GCMParameterSpec(TAG_BITS, sealed, NONCE_FROM, NONCE_BYTES));
        cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
        int from = NONCE_FROM + NONCE_BYTES;
        return cipher.doFinal(sealed, from, sealed.length - from);
    }
}
