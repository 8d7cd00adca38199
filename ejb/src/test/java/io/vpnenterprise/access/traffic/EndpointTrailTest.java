package io.vpnenterprise.access.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndpointTrailTest {

    private static final EndpointTrail.Limits LIMITS = new EndpointTrail.Limits(Duration.ofMinutes(1), 3, 2);
    private static final String HOME = "192.0.2.7:40000";
    private static final String CAFE = "198.51.100.9:51820";

    private final EndpointTrail trail = new EndpointTrail();
    private Instant now = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void isNotOddForADeviceThatStaysOrMovesOn() {
        assertThat(oddOf(HOME, HOME, HOME, CAFE, CAFE, HOME)).isEmpty();
    }

    @Test
    void takesAnEndpointThatGoesToAndFroForTwoMachines() {
        assertThat(oddOf(HOME, CAFE, HOME, CAFE)).isEmpty();
        assertThat(oddOf(HOME)).containsExactly(Oddity.SHARED_KEY);
    }

    @Test
    void takesPortsOfOneAddressForTwoMachinesToo() {
        String other = "192.0.2.7:40001";
        assertThat(oddOf(HOME, other, HOME, other, HOME)).containsExactly(Oddity.SHARED_KEY);
    }

    @Test
    void tellsOnceInAnEpisode() {
        assertThat(oddOf(HOME, CAFE, HOME, CAFE, HOME)).containsExactly(Oddity.SHARED_KEY);
        assertThat(oddOf(CAFE, HOME, CAFE, HOME, CAFE, HOME)).isEmpty();

        now = now.plusSeconds(120);
        assertThat(oddOf(CAFE, HOME, CAFE, HOME)).isEmpty();
        assertThat(oddOf(CAFE)).containsExactly(Oddity.SHARED_KEY);
    }

    @Test
    void forgetsWhatIsOlderThanTheWindow() {
        List<Oddity> odd = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            odd.addAll(oddOf(i % 2 == 0 ? HOME : CAFE));
            now = now.plusSeconds(31);
        }
        assertThat(odd).isEmpty();
    }

    @Test
    void countsNetworksAndNotAddresses() {
        assertThat(oddOf("192.0.2.1:1", "192.0.2.2:1", "192.0.2.3:1", "[2001:db8:1::1]:1", "[2001:db8:1:2::9]:1"))
                .isEmpty();
        assertThat(oddOf("[2001:db8:2::1]:1")).containsExactly(Oddity.ROAMING);
    }

    @Test
    void knowsTheNetworksOfShortenedAddresses() {
        assertThat(EndpointTrail.networkOf("[::1]:1")).isEqualTo("0:0:0");
        assertThat(EndpointTrail.networkOf("[2001:db8::1]:1")).isEqualTo("2001:db8:0");
        assertThat(EndpointTrail.networkOf("203.0.113.5:443")).isEqualTo("203.0.113");
    }

    private List<Oddity> oddOf(String... endpoints) {
        List<Oddity> odd = new ArrayList<>();
        for (String endpoint : endpoints) {
            now = now.plusMillis(100);
            Set<Oddity> newly = trail.at(endpoint, now, LIMITS);
            odd.addAll(newly);
        }
        return odd;
    }
}
