package io.vpnenterprise.platform;

/** What can go wrong before a feature is reached, or in any of them. */
public enum PlatformError implements ErrorCode {
    MALFORMED_JSON(ErrorKind.INVALID, "The request's body is not the JSON this endpoint takes"),
    INVALID_PARAMETER(ErrorKind.INVALID, "A parameter has no valid value"),
    MISSING_TOKEN(ErrorKind.UNAUTHENTICATED, "This endpoint needs an access token"),
    INVALID_TOKEN(ErrorKind.UNAUTHENTICATED, "The access token is not valid"),
    TOKEN_EXPIRED(ErrorKind.UNAUTHENTICATED, "The access token has expired"),
    NOT_PERMITTED(ErrorKind.FORBIDDEN, "The caller's role does not permit this"),
    CSRF_TOKEN_INVALID(ErrorKind.FORBIDDEN, "A browser's request needs its session's X-CSRF-Token beside the cookie"),
    FOREIGN_ORIGIN(ErrorKind.FORBIDDEN, "A page of this origin may not use the session in the browser's cookies"),
    SCOPE_MISSING(ErrorKind.FORBIDDEN, "The API key's scopes do not permit this"),
    NOT_FOUND(ErrorKind.NOT_FOUND, "There is nothing at this address"),
    METHOD_NOT_ALLOWED(ErrorKind.NOT_ALLOWED, "This address does not take this method"),
    NOT_ACCEPTABLE(ErrorKind.NOT_ACCEPTABLE, "None of the accepted media types can be produced"),
    UNSUPPORTED_MEDIA_TYPE(ErrorKind.UNSUPPORTED, "The request's media type is not one this endpoint takes"),
    BODY_TOO_LARGE(ErrorKind.TOO_LARGE, "The request's body is larger than the limit"),
    BODY_TOO_SLOW(ErrorKind.TOO_SLOW, "The request's body did not come in time"),
    IDEMPOTENCY_KEY_INVALID(ErrorKind.INVALID, "An Idempotency-Key has 1 to 128 printable ASCII characters"),
    IDEMPOTENCY_KEY_REUSED(ErrorKind.CONFLICT, "This Idempotency-Key was used for another request"),
    IDEMPOTENCY_KEY_IN_USE(ErrorKind.CONFLICT, "The first request with this Idempotency-Key is still running"),
    IDEMPOTENCY_OUTCOME_UNKNOWN(
            ErrorKind.CONFLICT,
            "The first request with this Idempotency-Key was cut off: look what became of it before you repeat it"),
    CONFLICT(ErrorKind.CONFLICT, "Somebody else changed the same thing first"),
    RATE_LIMITED(ErrorKind.RATE_LIMITED, "Too many requests: Retry-After says in how many seconds the next may come"),
    TOO_BUSY(ErrorKind.UNAVAILABLE, "Too much of this is under way; try again shortly"),
    DATABASE_UNAVAILABLE(ErrorKind.UNAVAILABLE, "The platform's database cannot be reached"),
    INTERNAL(ErrorKind.INTERNAL, "Something failed on our side");

    private final ErrorKind kind;
    private final String sentence;

    PlatformError(ErrorKind kind, String sentence) {
        this.kind = kind;
        this.sentence = sentence;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
