package io.vpnenterprise.notifications;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vpnenterprise.platform.FirstStep;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;

/**
 * How push services know who sends (RFC 8292): a P-256 pair, made at the first start, never changed, since browsers'
 * subscriptions are bound to it.
 */
@ApplicationScoped
public class VapidKey implements FirstStep {

    /** The standard allows 24 hours; the clock of the other side may be wrong by some. */
    private static final Duration TOKEN_LIFE = Duration.ofHours(12);

    private static final String PURPOSE = "vapid_key";

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    PlatformConfig platform;

    @Inject
    NotificationsConfig config;

    private volatile ECKey key;

    @Override
    public int order() {
        return 40;
    }

    @Override
    public void take() {
        try {
            ECKey made = new ECKeyGenerator(Curve.P_256).generate();
            // Two nodes may start at once: the row that is there afterwards is the key, whoever made it.
            sql.update("INSERT INTO vapid_key (id, sealed_private) VALUES (1, ?) ON CONFLICT (id) DO NOTHING", (Object)
                    secrets.seal(made.toJSONString().getBytes(StandardCharsets.UTF_8), PURPOSE));
            byte[] sealed = sql.first("SELECT sealed_private FROM vapid_key WHERE id = 1", row -> row.getBytes(1))
                    .orElseThrow();
            key = ECKey.parse(new String(secrets.open(sealed, PURPOSE), StandardCharsets.UTF_8));
        } catch (JOSEException | ParseException e) {
            throw new IllegalStateException("the key for push services cannot be used", e);
        }
    }

    /** The public half as browsers take it: the uncompressed point, base64url. */
    public String publicKey() {
        byte[] point = new byte[65];
        point[0] = 4;
        System.arraycopy(key.getX().decode(), 0, point, 1, 32);
        System.arraycopy(key.getY().decode(), 0, point, 33, 32);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(point);
    }

    /** The Authorization header for one push service. */
    String authorization(URI endpoint) {
        try {
            SignedJWT token = new SignedJWT(
                    new JWSHeader.Builder(JWSAlgorithm.ES256)
                            .type(JOSEObjectType.JWT)
                            .build(),
                    new JWTClaimsSet.Builder()
                            .audience(endpoint.getScheme() + "://" + endpoint.getRawAuthority())
                            .expirationTime(Date.from(Instant.now().plus(TOKEN_LIFE)))
                            .subject(contact())
                            .build());
            token.sign(new ECDSASigner(key));
            return "vapid t=" + token.serialize() + ", k=" + publicKey();
        } catch (JOSEException e) {
            throw new IllegalStateException("ES256 is not to be had", e);
        }
    }

    /** Whom the push service can reach when we misbehave: mailto or https (RFC 8292, section 2.1), or nobody. */
    private String contact() {
        String url = platform.publicUrl().startsWith("https:") ? platform.publicUrl() : null;
        return config.smtp().map(smtp -> "mailto:" + smtp.from()).orElse(url);
    }
}
