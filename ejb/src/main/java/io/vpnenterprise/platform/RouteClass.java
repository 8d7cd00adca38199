package io.vpnenterprise.platform;

/** What a request is counted as: each class has its own limit and its own counts, so that none uses up another's. */
public enum RouteClass {
    /** Without a token, by address; also what came with a bad one. */
    PUBLIC,
    /** Signing in and the like, by address: a bound on floods, in front of the exact limits of each account. */
    CREDENTIALS,
    /** What keeps the clients of people who are signed in going, by address: wide, since a company may be behind one. */
    REFRESH,
    /** With a token, by user or API key. */
    API,
    /** What costs much, by user or API key. */
    STRICT
}
