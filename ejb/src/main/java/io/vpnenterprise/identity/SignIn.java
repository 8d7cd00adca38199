package io.vpnenterprise.identity;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Set;
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

    /** The same, with what the device is known by at its next sign-in. */
    SignIn onDevice(String token) {
        return new SignIn(user, accessToken, accessTokenLife, refreshToken, sessionLeft, csrfToken, token);
    }

    /** What an account shows of itself. */
    public record Profile(
            UUID id, String email, boolean emailVerified, String role, Set<String> groups, OffsetDateTime createdAt) {
        static Profile of(User user) {
            return new Profile(
                    user.id(),
                    user.email(),
                    user.emailVerifiedAt().isPresent(),
                    user.role().label(),
                    user.role().groups(),
                    user.createdAt());
        }
    }
}
