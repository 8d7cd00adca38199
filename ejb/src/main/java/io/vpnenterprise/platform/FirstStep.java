package io.vpnenterprise.platform;

/** What a feature does once at each start, after the migrations: safe to repeat, and on several nodes at once. */
public interface FirstStep {

    /** Lower comes first. */
    int order();

    void take();
}
