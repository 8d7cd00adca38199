package io.vpnenterprise.identity;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * A successful sign-up, sign-in or refresh.
 *
 * @param accessToken a signed JWT, valid for {@code accessTokenLife}
 * @param refreshToken works once
 * @param sessionLeft until the session ends, however often it is refreshed
 * @param deviceToken what the client presents when it signs in again; null after a refresh
 * @param csrfToken what a browser sends beside the session's cookies
 */
public record SignIn(
        Profile user,
        String accessToken,
        Duration accessTokenLife,
        String refreshToken,
        Duration sessionLeft,
        String csrfToken,
        String deviceToken)
        implements SignInOutcome {

    /**
     * What an account shows of itself.
     *
     * @param role that it has in the session which asks
     */
    public record Profile(UUID id, String email, boolean emailVerified, String role, OffsetDateTime createdAt) {
        static Profile of(User user, Role role) {
            return new Profile(
                    user.id(), user.email(), user.emailVerifiedAt().isPresent(), role.label(), user.createdAt());
        }
    }
}
