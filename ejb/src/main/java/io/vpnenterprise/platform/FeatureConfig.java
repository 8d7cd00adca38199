package io.vpnenterprise.platform;

/** One feature's settings. Each is a CDI bean, so that the start can ask all of them before it refuses unknown names. */
public interface FeatureConfig {

    /** Reads the feature's settings, checks them and keeps them. Called once, before anything else of the feature. */
    void read(Settings settings);
}
