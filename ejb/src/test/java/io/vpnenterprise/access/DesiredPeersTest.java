package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.node.RangeDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class DesiredPeersTest {

    private final List<RangeDigest> ranges = new ArrayList<>(Collections.nCopies(RangeDigest.RANGES, RangeDigest.NONE));

    @Test
    void findsTheRangesThatDiffer() {
        DesiredPeers wanted = new DesiredPeers(1, List.copyOf(ranges));
        assertThat(wanted.differing(ranges)).isEmpty();

        ranges.set(0, new RangeDigest(1, 5, 6));
        ranges.set(255, new RangeDigest(2, 0, 0));

        assertThat(wanted.differing(ranges)).containsExactly(0, 255);
    }

    @Test
    void hasAnotherDigestWhateverIsOther() {
        String none = new DesiredPeers(1, List.copyOf(ranges)).digest();
        assertThat(none).matches("[0-9a-f]{32}").isEqualTo(new DesiredPeers(2, List.copyOf(ranges)).digest());

        ranges.set(7, new RangeDigest(1, 5, 6));
        String one = new DesiredPeers(1, List.copyOf(ranges)).digest();
        ranges.set(7, new RangeDigest(1, 6, 5));

        assertThat(List.of(none, one, new DesiredPeers(1, List.copyOf(ranges)).digest()))
                .doesNotHaveDuplicates();
    }
}
