package io.vpnenterprise.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Settings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegionOrderTest {

    private static final List<String> REGIONS = List.of("us-east", "us-west", "eu-central", "ap-south");

    @Test
    void knowsTheNeighboursOfTheUsualRegions() {
        RegionOrder usual = read(null, REGIONS);
        assertThat(usual.nearest(Optional.of("us-west")))
                .containsExactly("us-west", "us-east", "ap-south", "eu-central");
        assertThat(usual.nearest(Optional.empty())).isEmpty();
    }

    @Test
    void leavesOutUsualRegionsThatAreNotThere() {
        assertThat(read(null, List.of("us-east", "eu-central", "mars")).nearest(Optional.of("us-east")))
                .containsExactly("us-east", "eu-central");
        assertThat(read(null, List.of("mars")).nearest(Optional.of("mars"))).containsExactly("mars");
    }

    @Test
    void takesTheOperatorsOrderInPlaceOfTheUsual() {
        RegionOrder order = read("us-east:ap-south,eu-central:us-west:us-east", REGIONS);
        assertThat(order.nearest(Optional.of("us-east"))).containsExactly("us-east", "ap-south");
        assertThat(order.nearest(Optional.of("eu-central"))).containsExactly("eu-central", "us-west", "us-east");
        assertThat(order.nearest(Optional.of("us-west"))).containsExactly("us-west");
    }

    @Test
    void refusesWhatIsNoRegionOrThereTwice() {
        for (String wrong : List.of("us-east:mars", "us-east:", "us-east:us-west:us-west", "us-east:us-east")) {
            assertThatThrownBy(() -> read(wrong, REGIONS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("vpn.regions.neighbours has " + wrong);
        }
        assertThatThrownBy(() -> read("us-east:us-west,us-east:ap-south", REGIONS))
                .hasMessageContaining("two chains that begin with us-east");
    }

    private static RegionOrder read(String value, List<String> regions) {
        return RegionOrder.read(new Settings(key -> Optional.ofNullable(value)), regions);
    }
}
