package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RateTableTest {

    private static final String KEY = "GtL7fZc/bLnqZldpVofMCD6hDjrK28SsdLxevJ+qtKU=";

    /** As nftables 1.0.6 prints it. */
    private static final String PRINTED = """
            table inet vpne_wg0 {
            	map rated4 {
            		type ipv4_addr : classid
            		size 70000
            		elements = { 10.8.0.2 : a08:2, 10.8.0.3 : a08:3 }
            	}

            	map rated6 {
            		type ipv6_addr : classid
            		size 70000
            		elements = { fd00:8::2 : a08:2 }
            	}

            	set rates_up {
            		type classid
            		size 70000
            		limit rate over 1 bytes/second
            		elements = { a08:2 limit rate over 125000 bytes/second burst 64 kbytes comment "GtL7fZc/bLnqZldpVofMCD6hDjrK28SsdLxevJ+qtKU=",
            			     a08:3 limit rate over 1000 kbytes/second burst 64 kbytes comment "somebody else" }
            	}

            	set rates_down {
            		type classid
            		size 70000
            		limit rate over 1 bytes/second
            		elements = { a08:2 limit rate over 125000 bytes/second burst 64 kbytes comment "GtL7fZc/bLnqZldpVofMCD6hDjrK28SsdLxevJ+qtKU=" }
            	}

            	chain rate_down {
            		type filter hook postrouting priority -300; policy accept;
            	}
            }
            """;

    private final PeerChange.Put peer = put(Optional.of(1_000));

    @Test
    void readsWhatNftPrints() {
        assertThat(RateTable.parse("wg0", PRINTED).rates())
                .isEqualTo(Map.of(
                        WireGuardKey.ofBase64(KEY), new PeerRate(List.of("10.8.0.2/32", "fd00:8::2/128"), 1_000)));
    }

    @Test
    void hasNothingToDoWhenARateIsThereOrAPeerNeverHadOne() {
        RateTable rates = RateTable.parse("wg0", PRINTED);

        assertThat(rates.change(List.of(peer, Keys.put("10.8.0.9/32"), new PeerChange.Remove(Keys.random()))))
                .isEmpty();
    }

    @Test
    void saysThatARateIsNotHeldWhereOneDirectionLacksIt() {
        String oneWay = PRINTED.replaceFirst("(?s)set rates_down.*?\\}\\s*\\}", "set rates_down {\n\t}");

        assertThat(RateTable.parse("wg0", oneWay).rates().values())
                .containsExactly(new PeerRate(List.of("10.8.0.2/32", "fd00:8::2/128"), 0));
    }

    @Test
    void takesARateAwayWithItsPeer() {
        RateTable rates = RateTable.parse("wg0", PRINTED);

        assertThat(rates.change(List.of(new PeerChange.Remove(peer.publicKey()))))
                .contains("""
                delete element inet vpne_wg0 rates_up { a08:2 }
                delete element inet vpne_wg0 rates_down { a08:2 }
                delete element inet vpne_wg0 rated4 { 10.8.0.2 }
                delete element inet vpne_wg0 rated6 { fd00:8::2 }
                """);
        assertThat(rates.rates()).isEmpty();
        assertThat(rates.change(List.of(put(Optional.empty())))).isEmpty();
    }

    @Test
    void movesAnAddressToThePeerThatIsPutLast() {
        RateTable rates = RateTable.parse("wg0", PRINTED);
        PeerChange.Put other =
                new PeerChange.Put(Keys.random(), Keys.random(), List.of("10.8.0.2/32"), Optional.of(64));

        rates.change(List.of(other));

        assertThat(rates.rates())
                .isEqualTo(Map.of(
                        other.publicKey(), new PeerRate(List.of("10.8.0.2/32"), 64),
                        peer.publicKey(), new PeerRate(List.of("fd00:8::2/128"), 1_000)));
    }

    @Test
    void refusesARateForANetwork() {
        PeerChange network = new PeerChange.Put(Keys.random(), Keys.random(), List.of("10.8.0.0/24"), Optional.of(64));

        assertThatExceptionOfType(NodeException.class)
                .isThrownBy(() -> RateTable.requireAddresses(List.of(network)))
                .matches(e -> e.reason() == NodeException.Reason.REFUSED);
    }

    private static PeerChange.Put put(Optional<Integer> kbitPerSecond) {
        return new PeerChange.Put(
                WireGuardKey.ofBase64(KEY), Keys.random(), List.of("10.8.0.2/32", "fd00:8::2/128"), kbitPerSecond);
    }
}
