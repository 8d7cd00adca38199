package io.vpnenterprise.identity;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Credential;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.text.ParseException;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Decides whether an access token holds: the one verifier behind every way in. Signature, issuer and time come from the
 * token; session, epoch and role come from the database by way of {@link Standings}, so that a sign-out bites within a
 * second everywhere. Thread-safe.
 */
@ApplicationScoped
public class TokenVerifier {

    /** Our own are under 1 KiB; a longer text is not worth parsing. */
    private static final int MAX_LENGTH = 4_096;

    /** A key as it verifies: making this of a JWK decodes its numbers, and there is mostly one key. Thread-safe. */
    private record Verifying(RSAKey key, JWSVerifier verifier) {}

    @Inject
    KeyRing keys;

    @Inject
    PlatformConfig platform;

    @Inject
    Standings standings;

    private volatile Verifying verifying;

    @Inject
    ApiKeyStandings apiKeys;

    /**
     * @param origin where the call came from; becomes the caller's
     * @throws VpnException {@code INVALID_TOKEN} or {@code TOKEN_EXPIRED}
     */
    public VerifiedToken verify(String token, Origin origin) {
        if (ApiKeyText.isMeant(token)) {
            return verifyKey(token, origin);
        }
        try {
            if (token.length() > MAX_LENGTH) {
                throw new VpnException(PlatformError.INVALID_TOKEN);
            }
            SignedJWT jwt = SignedJWT.parse(token);
            requireSignature(jwt);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            requireTime(claims);
            UUID sessionId = UUID.fromString(required(claims.getStringClaim(TokenIssuer.SESSION)));
            UUID userId = UUID.fromString(required(claims.getSubject()));
            int epoch = required(claims.getIntegerClaim(TokenIssuer.EPOCH));
            Standings.Standing standing =
                    standings.find(sessionId).orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
            if (!standing.userId().equals(userId) || epoch != standing.epoch()) {
                throw new VpnException(PlatformError.INVALID_TOKEN);
            }
            return new VerifiedToken(
                    token,
                    claims.getClaims(),
                    new Caller(
                            userId,
                            standing.email(),
                            standing.role().groups(),
                            Credential.session(sessionId, standing.method()),
                            origin));
        } catch (ParseException | IllegalArgumentException e) {
            throw new VpnException(PlatformError.INVALID_TOKEN, null, e);
        }
    }

    /** Whether this may be an API key, but none that this application node has seen to be good: a query will tell. */
    public boolean isUnfamiliarKey(String token) {
        return ApiKeyText.isMeant(token) && !apiKeys.isFamiliar(token);
    }

    /** A token without one of our claims is not ours. */
    private static <T> T required(T claim) {
        return Optional.ofNullable(claim).orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
    }

    private VerifiedToken verifyKey(String key, Origin origin) {
        ApiKeyStandings.Standing standing = Optional.of(key)
                .filter(ApiKeyText::isWhole)
                .flatMap(apiKeys::find)
                .orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
        if (standing.isExpired()) {
            throw new VpnException(PlatformError.TOKEN_EXPIRED);
        }
        // Programs do not do what only super admins may: a stolen key must not make an admin who outlives it.
        Set<String> roles = new HashSet<>(standing.role().groups());
        roles.remove(Caller.SUPER_ADMIN);
        return new VerifiedToken(
                key,
                Map.of("sub", standing.userId().toString(), "upn", standing.email(), "groups", roles),
                new Caller(
                        standing.userId(),
                        standing.email(),
                        roles,
                        Credential.apiKey(standing.keyId(), standing.name(), standing.scopes()),
                        origin));
    }

    /**
     * Asks again of a session's token that held: its signature does so for ever, its time and its session do not. For those
     * who keep a caller longer than one call.
     *
     * @throws VpnException {@code INVALID_TOKEN} or {@code TOKEN_EXPIRED}
     */
    public void requireHolds(VerifiedToken token) {
        refusal(token, standings.find(token.caller().credential().id())).ifPresent(code -> {
            throw new VpnException(code);
        });
    }

    /** As {@link #requireHolds}, of many tokens: asks the database now, in one query, and answers why one holds no more. */
    public Function<VerifiedToken, Optional<PlatformError>> refusalsNow(Collection<VerifiedToken> tokens) {
        Map<UUID, Standings.Standing> now = standings.readAll(
                tokens.stream().map(token -> token.caller().credential().id()).toList());
        return token -> refusal(
                token, Optional.ofNullable(now.get(token.caller().credential().id())));
    }

    private static Optional<PlatformError> refusal(VerifiedToken token, Optional<Standings.Standing> standing) {
        if (!((Date) token.claims().get("exp")).toInstant().isAfter(Instant.now())) {
            return Optional.of(PlatformError.TOKEN_EXPIRED);
        }
        int epoch = ((Number) token.claims().get(TokenIssuer.EPOCH)).intValue();
        return standing.filter(found -> found.userId().equals(token.caller().userId()) && found.epoch() == epoch)
                        .isPresent()
                ? Optional.empty()
                : Optional.of(PlatformError.INVALID_TOKEN);
    }

    private void requireSignature(SignedJWT jwt) {
        RSAKey key =
                keys.find(jwt.getHeader().getKeyID()).orElseThrow(() -> new VpnException(PlatformError.INVALID_TOKEN));
        try {
            // The algorithm is ours to name, never the token's.
            if (!JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm()) || !jwt.verify(verifier(key))) {
                throw new VpnException(PlatformError.INVALID_TOKEN);
            }
        } catch (JOSEException e) {
            throw new VpnException(PlatformError.INVALID_TOKEN, null, e);
        }
    }

    private JWSVerifier verifier(RSAKey key) throws JOSEException {
        Verifying last = verifying;
        if (last == null || last.key() != key) {
            last = new Verifying(key, new RSASSAVerifier(key));
            verifying = last;
        }
        return last.verifier();
    }

    private void requireTime(JWTClaimsSet claims) {
        if (!platform.publicUrl().equals(claims.getIssuer())) {
            throw new VpnException(PlatformError.INVALID_TOKEN);
        }
        if (!required(claims.getExpirationTime()).toInstant().isAfter(Instant.now())) {
            throw new VpnException(PlatformError.TOKEN_EXPIRED);
        }
    }
}
