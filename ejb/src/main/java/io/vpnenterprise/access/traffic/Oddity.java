package io.vpnenterprise.access.traffic;

/** What an endpoint can do that one machine's seldom does. */
public enum Oddity {
    /** It went back to where it had just come from, again and again. */
    SHARED_KEY,
    /** It was in many networks. */
    ROAMING
}
