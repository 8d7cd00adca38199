package io.vpnenterprise.realtime.web;

import jakarta.websocket.CloseReason;

/** Why the server closes a socket, in the range that RFC 6455, section 7.4.2, leaves to applications. */
enum CloseCode {
    BAD_MESSAGE(4400),
    /** The reason is the failure's code: {@code INVALID_TOKEN}, {@code TOKEN_EXPIRED}. */
    UNAUTHENTICATED(4401),
    /** {@code SCOPE_MISSING}: no API key may hold a socket; {@code CSRF_TOKEN_INVALID}: the page is not the session's. */
    NOT_PERMITTED(4403),
    AUTH_TIMEOUT(4408),
    /** No answer to the server's pings. */
    NOT_HEARD(4409),
    /** The client reads slower than it is told. */
    TOO_SLOW(4410),
    TOO_MANY_SOCKETS(4429),
    /** The platform cannot say whether the token still holds. */
    UNAVAILABLE(4503);

    private final int number;

    CloseCode(int number) {
        this.number = number;
    }

    CloseReason because(String reason) {
        return new CloseReason(CloseReason.CloseCodes.getCloseCode(number), reason);
    }
}
