package io.vpnenterprise.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vpnenterprise.platform.PlatformConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.UUID;

/** Writes access tokens: MicroProfile JWT's claims, plus the session and the epoch they stand and fall with. */
@ApplicationScoped
class TokenIssuer {

    /** The user's {@link User#epoch} when the token was made. */
    static final String EPOCH = "epoch";

    /** The session, by the name OpenID Connect gives it. */
    static final String SESSION = "sid";

    /** A key as it signs: making this of a JWK decodes all of its numbers. Thread-safe. */
    private record Signing(RSAKey key, JWSSigner signer) {}

    @Inject
    KeyRing keys;

    @Inject
    IdentityConfig config;

    @Inject
    PlatformConfig platform;

    @Inject
    CsrfTokens csrfTokens;

    private volatile Signing signing;

    SignIn issue(Sessions.Opened session) {
        User user = session.user();
        Instant now = Instant.now();
        RSAKey key = keys.signing();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .keyID(key.getKeyID())
                        .type(JOSEObjectType.JWT)
                        .build(),
                new JWTClaimsSet.Builder()
                        .issuer(platform.publicUrl())
                        .subject(user.id().toString())
                        .jwtID(UUID.randomUUID().toString())
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(config.accessTokenLife())))
                        .claim("upn", user.email())
                        .claim("groups", List.copyOf(session.role().groups()))
                        .claim(SESSION, session.sessionId().toString())
                        .claim(EPOCH, user.epoch())
                        .build());
        try {
            token.sign(signer(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("RS256 is not to be had", e);
        }
        return new SignIn(
                SignIn.Profile.of(user, session.role()),
                token.serialize(),
                config.accessTokenLife(),
                session.refreshToken(),
                Duration.between(now, session.expiresAt().toInstant()),
                csrfTokens.of(session.sessionId()),
                session.deviceToken());
    }

    private JWSSigner signer(RSAKey key) throws JOSEException {
        Signing last = signing;
        if (last == null || last.key() != key) {
            last = new Signing(key, new RSASSASigner(key));
            signing = last;
        }
        return last.signer();
    }
}
