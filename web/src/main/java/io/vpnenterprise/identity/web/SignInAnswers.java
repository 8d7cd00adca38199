package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.SecondFactor;
import io.vpnenterprise.identity.SecondFactorAsked;
import io.vpnenterprise.identity.SignIn;
import io.vpnenterprise.identity.SignInOutcome;
import io.vpnenterprise.platform.web.SessionCookies;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;

/**
 * The answer of everything that signs somebody in: tokens in the body for a program; for a browser, which says {@code
 * "cookies": true}, cookies that no script can read, and in the body only what proves to us that a page is ours.
 */
final class SignInAnswers {

    /**
     * Named as OAuth 2.0 does (RFC 6749, section 5.1), in camel case; or, without a session yet, the question for a second
     * factor and nothing else.
     *
     * @param accessToken null for a browser, as are {@code refreshToken} and {@code deviceToken}
     * @param deviceToken to be kept, and presented with the next sign-in; null after a refresh
     * @param csrfToken for a browser: to be sent as {@code X-CSRF-Token} with whatever changes something
     */
    public record SignInView(
            AuthResource.UserView user,
            String accessToken,
            String tokenType,
            Long expiresInSeconds,
            String refreshToken,
            String deviceToken,
            String csrfToken,
            SecondFactorView secondFactor) {}

    /**
     * What is still missing for a session.
     *
     * @param challenge goes back with the answer
     * @param methods {@code totp}, {@code passkey}, {@code recovery-code}: those that the account has
     * @param passkeyOptions where it has a passkey: what a browser asks for it by
     */
    public record SecondFactorView(
            String challenge,
            List<String> methods,
            OffsetDateTime expiresAt,
            PasskeyJson.RequestOptions passkeyOptions) {
        static SecondFactorView from(SecondFactorAsked asked) {
            return new SecondFactorView(
                    asked.challenge(),
                    asked.methods().stream().map(SecondFactor::label).toList(),
                    asked.expiresAt(),
                    asked.passkey().map(PasskeyJson.RequestOptions::from).orElse(null));
        }
    }

    private SignInAnswers() {}

    /** @param cookies the request's wish; may be null */
    static Response of(Response.Status status, SignIn signIn, Boolean cookies) {
        Response.ResponseBuilder answer = Response.status(status);
        return Boolean.TRUE.equals(cookies)
                ? withCookies(answer, signIn).entity(forBrowser(signIn)).build()
                : answer.entity(forProgram(signIn)).build();
    }

    /** @param cookies the request's wish; may be null */
    static Response of(Response.Status status, SignInOutcome outcome, Boolean cookies) {
        return outcome instanceof SecondFactorAsked asked
                ? Response.status(status).entity(asking(asked)).build()
                : of(status, (SignIn) outcome, cookies);
    }

    /** Adds the session's cookies, for an answer that has another body or none. */
    static Response.ResponseBuilder withCookies(Response.ResponseBuilder answer, SignIn signIn) {
        if (signIn.deviceToken() != null) {
            DeviceCookie.add(answer, signIn.deviceToken());
        }
        return set(answer, signIn.accessToken(), signIn.refreshToken(), signIn.sessionLeft());
    }

    /** Takes the session's cookies away. */
    static Response.ResponseBuilder withoutCookies(Response.ResponseBuilder answer) {
        return set(answer, "", "", Duration.ZERO);
    }

    /**
     * Both live as long as the session: a browser then learns from {@code TOKEN_EXPIRED} that it must refresh, and a
     * refresh token does not go with the access token that it is to renew.
     */
    private static Response.ResponseBuilder set(
            Response.ResponseBuilder answer, String accessToken, String refreshToken, Duration life) {
        return answer.header(HttpHeaders.SET_COOKIE, cookie(SessionCookies.ACCESS, accessToken, life, "Strict"))
                .header(HttpHeaders.SET_COOKIE, cookie(SessionCookies.REFRESH, refreshToken, life, "Strict"));
    }

    static String cookie(String name, String value, Duration life, String sameSite) {
        return "%s=%s; Path=/; Max-Age=%d; HttpOnly; Secure; SameSite=%s"
                .formatted(name, value, life.toSeconds(), sameSite);
    }

    private static SignInView forProgram(SignIn signIn) {
        return new SignInView(
                AuthResource.UserView.from(signIn.user()),
                signIn.accessToken(),
                "Bearer",
                signIn.accessTokenLife().toSeconds(),
                signIn.refreshToken(),
                signIn.deviceToken(),
                null,
                null);
    }

    private static SignInView forBrowser(SignIn signIn) {
        return new SignInView(
                AuthResource.UserView.from(signIn.user()),
                null,
                "Cookie",
                signIn.accessTokenLife().toSeconds(),
                null,
                null,
                signIn.csrfToken(),
                null);
    }

    private static SignInView asking(SecondFactorAsked asked) {
        return new SignInView(null, null, null, null, null, null, null, SecondFactorView.from(asked));
    }
}
