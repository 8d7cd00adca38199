package io.vpnenterprise.platform;

import java.util.Map;

/**
 * What a feature tells an operator at a glance: true figures, counted when he asks. Each feature has a CDI bean of it, so
 * that whoever gathers them knows none of the features.
 */
public interface Overview {

    /** Figures by their name, by what they are of: {@code users → total → 7}. Takes a few statements, by indexes. */
    Map<String, Map<String, Long>> figures();
}
