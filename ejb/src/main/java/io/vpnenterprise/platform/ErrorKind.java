package io.vpnenterprise.platform;

/** What sort of failure a code stands for: decides the HTTP status, which only the web layer knows. */
public enum ErrorKind {
    INVALID,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    NOT_ALLOWED,
    NOT_ACCEPTABLE,
    CONFLICT,
    /** It was here, and will not be again. */
    GONE,
    TOO_LARGE,
    TOO_SLOW,
    UNSUPPORTED,
    QUOTA_EXCEEDED,
    RATE_LIMITED,
    UNAVAILABLE,
    /** Another system that we asked is to blame. */
    BAD_GATEWAY,
    INTERNAL
}
