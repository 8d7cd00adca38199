package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeerTableTest {

    /** Against maps that follow the same rules, through growing, moving networks and copying together. */
    @Test
    void isWhatADeviceWouldBe() {
        long seed = Long.getLong("table.seed", System.nanoTime());
        System.out.println("PeerTableTest: -Dtable.seed=" + seed);
        Random random = new Random(seed);
        List<WireGuardKey> keys = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            keys.add(Keys.random());
        }
        PeerTable table = new PeerTable();
        Map<WireGuardKey, WireGuardKey> presharedKeys = new HashMap<>();
        Map<String, WireGuardKey> owners = new HashMap<>();

        for (int step = 0; step < 40_000; step++) {
            WireGuardKey key = keys.get(random.nextInt(keys.size()));
            owners.values().removeIf(key::equals);
            if (random.nextInt(3) == 0) {
                table.remove(key);
                presharedKeys.remove(key);
            } else {
                WireGuardKey presharedKey = Keys.random();
                List<String> networks = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    networks.add("10." + random.nextInt(4) + "." + random.nextInt(256) + ".0/24");
                }
                table.put(key, presharedKey, Networks.parse(networks));
                presharedKeys.put(key, presharedKey);
                networks.forEach(network -> owners.put(network, key));
            }
        }

        assertThat(table.size()).isEqualTo(presharedKeys.size());
        owners.forEach((network, owner) ->
                assertThat(table.ownerOf(Networks.parse(network))).contains(owner));
        for (WireGuardKey key : keys) {
            List<String> networks = owners.entrySet().stream()
                    .filter(entry -> entry.getValue().equals(key))
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(table.find(key))
                    .isEqualTo(Optional.ofNullable(presharedKeys.get(key))
                            .map(presharedKey -> new PeerImage(presharedKey, Networks.parse(networks))));
        }
    }
}
