package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** From each region to its neighbours, the nearest first: {@code us-east:us-west:eu-central}. */
record RegionOrder(Map<String, List<String>> neighbours) {

    private static final String KEY = "vpn.regions.neighbours";

    /** By distance, as packets travel. */
    private static final List<List<String>> USUAL = List.of(
            List.of("us-east", "us-west", "eu-central", "ap-south"),
            List.of("us-west", "us-east", "ap-south", "eu-central"),
            List.of("eu-central", "us-east", "ap-south", "us-west"),
            List.of("ap-south", "eu-central", "us-west", "us-east"));

    /** @throws IllegalStateException naming what is no region, or there twice */
    static RegionOrder read(Settings settings, List<String> regions) {
        Map<String, List<String>> neighbours = new LinkedHashMap<>();
        for (String entry : settings.list(KEY, usual(regions))) {
            List<String> chain = Arrays.asList(entry.split(":", -1));
            if (!regions.containsAll(chain) || new HashSet<>(chain).size() < chain.size()) {
                throw new IllegalStateException(KEY + " has " + entry + ", which is no chain of regions: " + regions);
            }
            if (neighbours.put(chain.get(0), chain.subList(1, chain.size())) != null) {
                throw new IllegalStateException(KEY + " has two chains that begin with " + chain.get(0));
            }
        }
        return new RegionOrder(neighbours);
    }

    /** The region and its neighbours, the nearest first; empty without a wish. */
    List<String> nearest(Optional<String> region) {
        return region.map(wanted -> {
                    List<String> chain = new ArrayList<>(List.of(wanted));
                    chain.addAll(neighbours.getOrDefault(wanted, List.of()));
                    return List.copyOf(chain);
                })
                .orElse(List.of());
    }

    private static List<String> usual(List<String> regions) {
        return USUAL.stream()
                .filter(chain -> regions.contains(chain.get(0)))
                .map(chain -> String.join(
                        ":", chain.stream().filter(regions::contains).toList()))
                .toList();
    }
}
