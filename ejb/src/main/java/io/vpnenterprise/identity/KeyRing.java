package io.vpnenterprise.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The keys that sign access tokens: RSA for RS256 (RFC 7518), made at the first start, private halves sealed.
 * Thread-safe. Keys that another node made are found when a token names them.
 */
@ApplicationScoped
public class KeyRing implements FirstStep {

    /** An attacker can name any {@code kid}; the database is asked at most this often for unknown ones. */
    private static final Duration UNKNOWN_KEY_PAUSE = Duration.ofSeconds(1);

    /**
     * Enough until 2030 (NIST SP 800-57, part 1, table 4), and a token lives minutes, its key weeks. Every sign-in and
     * refresh makes a signature: with 3,072 bits it costs three times as much.
     */
    private static final int BITS = 2_048;

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    private volatile Map<String, RSAKey> keys = Map.of();
    private volatile RSAKey signing;
    private volatile long loadedAt;

    @Override
    public int order() {
        return 10;
    }

    @Override
    public void take() {
        load();
        if (signing == null) {
            RSAKey made = generate();
            // Two nodes may start at once: the row that is there afterwards is the key, whoever made it.
            sql.update(
                    """
                    INSERT INTO signing_keys (kid, public_jwk, sealed_private, created_at)
                    SELECT ?, ?, ?, now() WHERE NOT EXISTS (SELECT 1 FROM signing_keys)""",
                    made.getKeyID(),
                    made.toPublicJWK().toJSONString(),
                    secrets.seal(made.toJSONString().getBytes(StandardCharsets.UTF_8), purpose(made.getKeyID())));
            load();
        }
    }

    RSAKey signing() {
        return signing;
    }

    Optional<RSAKey> find(String kid) {
        RSAKey key = kid == null ? null : keys.get(kid);
        if (key == null && kid != null && System.nanoTime() - loadedAt > UNKNOWN_KEY_PAUSE.toNanos()) {
            load();
            key = keys.get(kid);
        }
        return Optional.ofNullable(key);
    }

    /** The public halves as a JSON Web Key Set (RFC 7517). */
    public String publicKeySet() {
        return new JWKSet(List.copyOf(keys.values())).toPublicJWKSet().toString();
    }

    private void load() {
        List<RSAKey> found = sql.list(
                "SELECT kid, sealed_private FROM signing_keys ORDER BY created_at DESC",
                row -> parse(secrets.open(row.getBytes("sealed_private"), purpose(row.getString("kid")))));
        keys = found.stream().collect(Collectors.toUnmodifiableMap(RSAKey::getKeyID, Function.identity()));
        signing = found.isEmpty() ? null : found.get(0);
        loadedAt = System.nanoTime();
    }

    private static String purpose(String kid) {
        return "signing_keys/" + kid;
    }

    private static RSAKey generate() {
        try {
            return new RSAKeyGenerator(BITS)
                    .keyUse(KeyUse.SIGNATURE)
                    .keyID(UUID.randomUUID().toString())
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("RSA is not to be had", e);
        }
    }

    private static RSAKey parse(byte[] json) {
        try {
            return RSAKey.parse(new String(json, StandardCharsets.UTF_8));
        } catch (ParseException e) {
            throw new IllegalStateException("a signing key in the database is no JWK", e);
        }
    }
}
