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
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * The keys that sign access tokens, as this application node knows them: RSA for RS256 (RFC 7518), private halves sealed.
 * {@link SigningKeys} rotates them; this follows the database every second, and at once when a token names a key that it
 * does not know. The database's clock alone says which key signs. Thread-safe.
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

    private record Row(String kid, boolean signs, boolean due) {}

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    IdentityConfig config;

    private volatile Map<String, RSAKey> keys = Map.of();
    private volatile RSAKey signing;
    private volatile boolean due;
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
            sql.update("""
                    INSERT INTO signing_keys (kid, public_jwk, sealed_private, created_at, signs_from)
                    SELECT ?, ?, ?, now(), now() WHERE NOT EXISTS (SELECT 1 FROM signing_keys)""", made.getKeyID(), made.toPublicJWK().toJSONString(), sealed(made));
            load();
        }
    }

    RSAKey signing() {
        return signing;
    }

    Optional<RSAKey> find(String kid) {
        RSAKey key = kid == null ? null : keys.get(kid);
        if (key == null && kid != null) {
            loadUnlessJustDone();
            key = keys.get(kid);
        }
        return Optional.ofNullable(key);
    }

    /** The public halves as a JSON Web Key Set (RFC 7517). */
    public String publicKeySet() {
        return new JWKSet(List.copyOf(keys.values())).toPublicJWKSet().toString();
    }

    /** Whether the key that signs has done so for long enough. */
    boolean isDue() {
        return due;
    }

    /** Many may wait for one who reads: what he found is for all of them. */
    private synchronized void loadUnlessJustDone() {
        if (System.nanoTime() - loadedAt > UNKNOWN_KEY_PAUSE.toNanos()) {
            load();
        }
    }

    /** Reads which keys there are now; opens only those that are new. */
    synchronized void load() {
        long readAt = System.nanoTime();
        List<Row> rows = sql.list(
                """
                SELECT kid, signs_from <= now() AS signs, signs_from <= now() - make_interval(secs => ?) AS due
                FROM signing_keys WHERE published_until IS NULL OR published_until > now()
                ORDER BY signs_from DESC, created_at DESC""",
                row -> new Row(row.getString("kid"), row.getBoolean("signs"), row.getBoolean("due")),
                config.signingKeyLife().toSeconds());
        Map<String, RSAKey> known = keys;
        Map<String, RSAKey> found = new LinkedHashMap<>();
        for (Row row : rows) {
            RSAKey key = known.get(row.kid());
            found.put(row.kid(), key == null ? open(row.kid()) : key);
        }
        // One that was removed since the list was read is no key any more.
        found.values().removeIf(Objects::isNull);
        keys = Collections.unmodifiableMap(found);
        signing = rows.stream()
                .filter(Row::signs)
                .map(row -> found.get(row.kid()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
        due = !rows.isEmpty() && rows.get(0).due();
        loadedAt = readAt;
    }

    private RSAKey open(String kid) {
        return sql.first(
                        "SELECT sealed_private FROM signing_keys WHERE kid = ?",
                        row -> parse(secrets.open(row.getBytes("sealed_private"), purpose(kid))),
                        kid)
                .orElse(null);
    }

    byte[] sealed(RSAKey key) {
        return secrets.seal(key.toJSONString().getBytes(StandardCharsets.UTF_8), purpose(key.getKeyID()));
    }

    private static String purpose(String kid) {
        return "signing_keys/" + kid;
    }

    static RSAKey generate() {
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
