package io.vpnenterprise.identity;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What an organisation pays for: its limits, unless an admin sets others, and its features. */
public enum Tier {
    FREE(5, 3),
    BUSINESS(25, 5),
    ENTERPRISE(100, 10);

    /** What a tier switches on. */
    enum Feature {
        ANALYTICS(ENTERPRISE),
        CUSTOM_DOMAINS(ENTERPRISE),
        PRIORITY_SUPPORT(ENTERPRISE),
        MULTI_REGION(BUSINESS),
        API_ACCESS(BUSINESS);

        private final Tier least;

        Feature(Tier least) {
            this.least = least;
        }
    }

    private final int maxUsers;
    private final int maxDevicesPerUser;

    Tier(int maxUsers, int maxDevicesPerUser) {
        this.maxUsers = maxUsers;
        this.maxDevicesPerUser = maxDevicesPerUser;
    }

    /** By the name that the API shows, compared as a whole. */
    public static Optional<Tier> find(String label) {
        return Arrays.stream(values())
                .filter(tier -> tier.label().equals(label))
                .findFirst();
    }

    /** The tiers that have a feature. */
    static List<String> with(Feature feature) {
        return Arrays.stream(values())
                .filter(tier -> tier.has(feature))
                .map(Tier::name)
                .toList();
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    int maxUsers() {
        return maxUsers;
    }

    int maxDevicesPerUser() {
        return maxDevicesPerUser;
    }

    boolean has(Feature feature) {
        return compareTo(feature.least) >= 0;
    }

    /** Each feature, by the original's name for it. */
    public Map<String, Boolean> features() {
        Map<String, Boolean> features = new TreeMap<>();
        for (Feature feature : Feature.values()) {
            features.put(feature.name().toLowerCase(Locale.ROOT), has(feature));
        }
        return features;
    }
}
