package io.vpnenterprise.platform;

/** Rows that a feature keeps for a time and no longer; housekeeping removes them. */
public interface Expirable {

    /** As the job's XML names it. */
    String name();

    /** Removes what has expired; returns how many rows. Safe to run twice, and on several nodes at once. */
    int removeExpired();
}
