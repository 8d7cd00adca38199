package io.vpnenterprise.identity.provider;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.AuthenticationResponse;
import com.nimbusds.openid.connect.sdk.AuthenticationResponseParser;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.AuthorizedParty;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.token.OIDCTokens;
import com.nimbusds.openid.connect.sdk.validators.AccessTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.openid.connect.sdk.validators.InvalidHashException;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.platform.VpnException;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * The platform as a client of one provider (OpenID Connect Core 1.0, authorization code flow with PKCE): where to send a
 * browser, and whom the provider says it came back with. Thread-safe.
 *
 * <p>Failures: {@code PROVIDER_UNAVAILABLE} when the provider does not answer, {@code PROVIDER_ANSWER_INVALID} when it says
 * what no provider may, {@code EXTERNAL_SIGN_IN_REFUSED} when it did not sign the user in, {@code PROVIDER_TOKEN_INVALID}
 * when what it says of the user does not hold.
 */
final class OidcClient {

    /** Asymmetric ones alone: "none" proves nothing, and with HMAC every holder of our secret could write tokens. */
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    private static final Duration METADATA_AGE = Duration.ofMinutes(15);

    /** A provider that is down is not asked again by every request. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    /** Keys are fetched again when a token names an unknown one, at most twice in this time. */
    private static final Duration KEYS_PAUSE = Duration.ofSeconds(10);

    private static final Duration KEYS_AGE = Duration.ofMinutes(15);
    private static final int MAX_SUBJECT = 255;

    /** Errors that signing in again does not mend: we are set up wrong there. */
    private static final Set<ErrorObject> ABOUT_US =
            Set.of(OAuth2Error.INVALID_CLIENT, OAuth2Error.UNAUTHORIZED_CLIENT, OAuth2Error.INVALID_SCOPE);

    private static final Set<ErrorObject> ABOUT_ITSELF =
            Set.of(OAuth2Error.SERVER_ERROR, OAuth2Error.TEMPORARILY_UNAVAILABLE);

    /** What binds the provider's answer to our question; each is used once. */
    record Question(State state, Nonce nonce, CodeVerifier verifier) {
        Question() {
            this(new State(), new Nonce(), new CodeVerifier());
        }
    }

    private record Known(OIDCProviderMetadata metadata, IDTokenValidator validator, long readAt) {}

    private final OidcProvider provider;
    private final OidcHttp http;
    private final URI callback;
    private final ReentrantLock discovering = new ReentrantLock();
    private volatile Known known;
    private volatile long failedAt = System.nanoTime() - PAUSE_AFTER_FAILURE.toNanos();

    OidcClient(OidcProvider provider, Duration deadline, URI callback) {
        this.provider = provider;
        this.http = new OidcHttp(deadline);
        this.callback = callback;
    }

    /** Where to send the browser. */
    URI authorizationAddress(Question question) {
        return new AuthenticationRequest.Builder(
                        new ResponseType(ResponseType.Value.CODE),
                        new Scope(provider.scopes().toArray(String[]::new)),
                        new ClientID(provider.clientId()),
                        callback)
                .endpointURI(metadata().getAuthorizationEndpointURI())
                .state(question.state())
                .nonce(question.nonce())
                .codeChallenge(question.verifier(), CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /**
     * Takes what the browser brought back to the person whom the provider vouches for.
     *
     * @param parameters of the callback's query; their state has been checked
     */
    ExternalPerson personOf(Map<String, List<String>> parameters, Question question) {
        OIDCTokens tokens = exchange(codeOf(parameters), question.verifier());
        IDTokenClaimsSet idToken = validated(tokens, question.nonce());
        return personOf(idToken, tokens.getAccessToken());
    }

    private AuthorizationCode codeOf(Map<String, List<String>> parameters) {
        AuthenticationResponse response;
        try {
            response = AuthenticationResponseParser.parse(callback, parameters);
        } catch (ParseException e) {
            throw new VpnException(IdentityError.EXTERNAL_SIGN_IN_INVALID, null, e);
        }
        requireIssuer(response.getIssuer());
        if (!response.indicatesSuccess()) {
            throw refused(response.toErrorResponse().getErrorObject());
        }
        AuthorizationCode code = response.toSuccessResponse().getAuthorizationCode();
        if (code == null) {
            throw new VpnException(IdentityError.EXTERNAL_SIGN_IN_INVALID);
        }
        return code;
    }

    /** RFC 9207: an answer of another provider must not pass for this one's. */
    private void requireIssuer(Issuer said) {
        boolean needed = metadata().supportsAuthorizationResponseIssuerParam();
        if (said == null ? needed : !said.getValue().equals(provider.issuer().toString())) {
            throw new VpnException(IdentityError.PROVIDER_TOKEN_INVALID, "iss");
        }
    }

    private OIDCTokens exchange(AuthorizationCode code, CodeVerifier verifier) {
        URI address = metadata().getTokenEndpointURI();
        AuthorizationCodeGrant grant = new AuthorizationCodeGrant(code, callback, verifier);
        TokenRequest request = provider.clientSecret()
                .map(secret -> new TokenRequest.Builder(address, authentication(secret), grant))
                .orElseGet(() -> new TokenRequest.Builder(address, new ClientID(provider.clientId()), grant))
                .build();
        try {
            HTTPResponse answer = send(request.toHTTPRequest());
            TokenResponse response = OIDCTokenResponseParser.parse(answer);
            if (!response.indicatesSuccess()) {
                throw refused(response.toErrorResponse().getErrorObject());
            }
            return ((OIDCTokenResponse) response).getOIDCTokens();
        } catch (ParseException e) {
            throw invalidAnswer(e);
        }
    }

    private ClientAuthentication authentication(String secret) {
        ClientID id = new ClientID(provider.clientId());
        List<ClientAuthenticationMethod> methods = metadata().getTokenEndpointAuthMethods();
        // Basic is what providers that say nothing must take (OpenID Connect Discovery 1.0, section 3).
        return methods == null || methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
                ? new ClientSecretBasic(id, new Secret(secret))
                : new ClientSecretPost(id, new Secret(secret));
    }

    /** Issuer, audience, authorised party, times, nonce, signature (OpenID Connect Core 1.0, section 3.1.3.7), at_hash. */
    private IDTokenClaimsSet validated(OIDCTokens tokens, Nonce nonce) {
        JWT token = tokens.getIDToken();
        if (!(token instanceof SignedJWT signed)) {
            throw new VpnException(IdentityError.PROVIDER_TOKEN_INVALID, "not signed");
        }
        try {
            IDTokenClaimsSet claims = known().validator().validate(signed, nonce);
            requireIssuedToUs(claims);
            if (claims.getAccessTokenHash() != null) {
                AccessTokenValidator.validate(
                        tokens.getAccessToken(), signed.getHeader().getAlgorithm(), claims.getAccessTokenHash());
            }
            return claims;
        } catch (KeySourceException e) {
            throw unavailable(e);
        } catch (BadJOSEException | JOSEException | InvalidHashException e) {
            throw new VpnException(IdentityError.PROVIDER_TOKEN_INVALID, null, e);
        }
    }

    /** The validator asks for us among the audiences; a token made for another client may name us there too. */
    private void requireIssuedToUs(IDTokenClaimsSet claims) {
        AuthorizedParty party = claims.getAuthorizedParty();
        if (party == null ? claims.getAudience().size() > 1 : !party.getValue().equals(provider.clientId())) {
            throw new VpnException(IdentityError.PROVIDER_TOKEN_INVALID, "azp");
        }
    }

    private ExternalPerson personOf(IDTokenClaimsSet idToken, AccessToken accessToken) {
        try {
            Map<String, Object> claims = idToken.toJWTClaimsSet().getClaims();
            String subject = idToken.getSubject().getValue();
            if (subject.length() > MAX_SUBJECT) {
                throw new VpnException(IdentityError.PROVIDER_TOKEN_INVALID, "sub");
            }
            // In the code flow a provider may keep these for the user-info endpoint (Core, section 5.4).
            boolean incomplete = !claims.containsKey("email")
                    || provider.decidesRoles() && !claims.containsKey(provider.groupsClaim());
            if (incomplete && metadata().getUserInfoEndpointURI() != null) {
                claims = merged(claims, userInfo(subject, accessToken).getClaims());
            }
            return ExternalPerson.of(provider, subject, claims);
        } catch (ParseException e) {
            throw new VpnException(IdentityError.PROVIDER_TOKEN_INVALID, null, e);
        }
    }

    /** What the token lacks is taken from the user info. Whether an address is verified says whoever says the address. */
    static Map<String, Object> merged(Map<String, Object> idToken, Map<String, Object> userInfo) {
        Map<String, Object> claims = new HashMap<>(userInfo);
        claims.putAll(idToken);
        Map<String, Object> ofTheAddress = idToken.containsKey("email") ? idToken : userInfo;
        claims.put("email_verified", ofTheAddress.get("email_verified"));
        return claims;
    }

    private JWTClaimsSet userInfo(String subject, AccessToken accessToken) {
        try {
            HTTPResponse answer =
                    send(new UserInfoRequest(metadata().getUserInfoEndpointURI(), accessToken).toHTTPRequest());
            UserInfoResponse response = UserInfoResponse.parse(answer);
            // A signed answer would need keys of its own; none was asked for.
            if (!response.indicatesSuccess() || response.toSuccessResponse().getUserInfo() == null) {
                throw invalidAnswer(null);
            }
            JWTClaimsSet claims = response.toSuccessResponse().getUserInfo().toJWTClaimsSet();
            // Of whom it speaks is not certain otherwise (Core, section 5.3.2).
            if (!subject.equals(claims.getSubject())) {
                throw new VpnException(IdentityError.PROVIDER_TOKEN_INVALID, "sub");
            }
            return claims;
        } catch (ParseException e) {
            throw invalidAnswer(e);
        }
    }

    private HTTPResponse send(HTTPRequest request) {
        try {
            HTTPResponse answer = request.send(http);
            if (answer.getStatusCode() >= 500) {
                throw new IOException("answers " + answer.getStatusCode());
            }
            return answer;
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private OIDCProviderMetadata metadata() {
        return known().metadata();
    }

    private Known known() {
        Known current = known;
        if (current != null && System.nanoTime() - current.readAt() < METADATA_AGE.toNanos()) {
            return current;
        }
        // Somebody asks already. A slow provider must not take all threads, so nobody waits for what he hears.
        if (!discovering.tryLock()) {
            if (current == null) {
                throw unavailable(null);
            }
            return current;
        }
        try {
            return known == current ? discovered() : known;
        } finally {
            discovering.unlock();
        }
    }

    private Known discovered() {
        if (System.nanoTime() - failedAt < PAUSE_AFTER_FAILURE.toNanos()) {
            throw unavailable(null);
        }
        try {
            known = discover();
            return known;
        } catch (VpnException e) {
            failedAt = System.nanoTime();
            throw e;
        }
    }

    /** OpenID Connect Discovery 1.0, section 4. */
    private Known discover() {
        try {
            URI address =
                    URI.create(provider.issuer().toString().replaceAll("/$", "") + "/.well-known/openid-configuration");
            OIDCProviderMetadata metadata = OIDCProviderMetadata.parse(
                    http.retrieveResource(address.toURL()).getContent());
            requireUsable(metadata);
            JWKSource<SecurityContext> keys = JWKSourceBuilder.create(
                            metadata.getJWKSetURI().toURL(), http)
                    .cache(KEYS_AGE.toMillis(), http.deadline().toMillis() * 2)
                    .refreshAheadCache(false)
                    .rateLimited(KEYS_PAUSE.toMillis())
                    .build();
            return new Known(
                    metadata,
                    new IDTokenValidator(
                            new Issuer(provider.issuer()),
                            new ClientID(provider.clientId()),
                            new JWSVerificationKeySelector<>(algorithmsOf(metadata), keys),
                            null),
                    System.nanoTime());
        } catch (ParseException | MalformedURLException e) {
            throw invalidAnswer(e);
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private void requireUsable(OIDCProviderMetadata metadata) {
        boolean usable =
                provider.issuer().toString().equals(metadata.getIssuer().getValue())
                        && Stream.of(
                                        metadata.getAuthorizationEndpointURI(),
                                        metadata.getTokenEndpointURI(),
                                        metadata.getJWKSetURI())
                                .allMatch(endpoint -> endpoint != null && mayTalkTo(endpoint))
                        && (metadata.getUserInfoEndpointURI() == null || mayTalkTo(metadata.getUserInfoEndpointURI()))
                        && !algorithmsOf(metadata).isEmpty();
        if (!usable) {
            throw invalidAnswer(null);
        }
    }

    /** Those of ours that it signs with; all, when it does not say. */
    private static Set<JWSAlgorithm> algorithmsOf(OIDCProviderMetadata metadata) {
        Set<JWSAlgorithm> algorithms = new HashSet<>(ALGORITHMS);
        if (metadata.getIDTokenJWSAlgs() != null) {
            algorithms.retainAll(metadata.getIDTokenJWSAlgs());
        }
        return algorithms;
    }

    /** Plain http for a provider on this machine alone, not for whatever address a remote one names. */
    private boolean mayTalkTo(URI endpoint) {
        return "https".equals(endpoint.getScheme())
                || "http".equals(provider.issuer().getScheme()) && OidcHttp.mayTalkTo(endpoint);
    }

    private VpnException refused(ErrorObject error) {
        if (error == null || ABOUT_US.contains(error)) {
            return invalidAnswer(null);
        }
        if (ABOUT_ITSELF.contains(error)) {
            return unavailable(null);
        }
        return new VpnException(IdentityError.EXTERNAL_SIGN_IN_REFUSED, provider.name());
    }

    private VpnException unavailable(Exception cause) {
        return new VpnException(IdentityError.PROVIDER_UNAVAILABLE, provider.name(), cause);
    }

    private VpnException invalidAnswer(Exception cause) {
        return new VpnException(IdentityError.PROVIDER_ANSWER_INVALID, provider.name(), cause);
    }
}
