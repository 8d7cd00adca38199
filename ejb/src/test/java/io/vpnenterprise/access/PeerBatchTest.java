package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.fleet.WireGuardKeyPair;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.VpnException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerBatchTest {

    private final List<PeerChange> changes = new ArrayList<>();
    private final List<PeerChange> done = new ArrayList<>();
    private final Set<PeerChange> bad = new HashSet<>();
    private int exchanges;

    @Test
    void takesOneExchangeWhenAllIsWell() {
        for (int i = 0; i < PeerChange.MAX_BATCH; i++) {
            changes.add(put());
        }

        assertThat(PeerBatch.apply(changes, this::host)).isEmpty();

        assertThat(exchanges).isEqualTo(1);
        assertThat(done).isEqualTo(changes);
    }

    @Test
    void failsTheBadOneAloneInFewExchanges() {
        for (int i = 0; i < PeerChange.MAX_BATCH; i++) {
            changes.add(put());
        }
        bad.add(changes.get(617));

        assertThat(PeerBatch.apply(changes, this::host))
                .extracting(PeerBatch.Refused::change)
                .containsExactly(changes.get(617));

        assertThat(exchanges).isLessThanOrEqualTo(21);
        assertThat(done).hasSize(PeerChange.MAX_BATCH - 1).doesNotContain(changes.get(617));
    }

    @Test
    void sendsTwoChangesOfOnePeerOneAfterTheOther() {
        PeerChange.Put put = put();
        changes.addAll(List.of(new PeerChange.Remove(put.publicKey()), put(), put, put()));

        assertThat(PeerBatch.apply(changes, this::host)).isEmpty();

        assertThat(exchanges).isEqualTo(2);
        assertThat(done).isEqualTo(changes);
    }

    @Test
    void sendsNoMoreThanAHostTakes() {
        for (int i = 0; i < 2 * PeerChange.MAX_BATCH + 1; i++) {
            changes.add(put());
        }

        PeerBatch.apply(changes, this::host);

        assertThat(exchanges).isEqualTo(3);
        assertThat(done).isEqualTo(changes);
    }

    @Test
    void doesNotTakeAHostThatIsAwayForARefusal() {
        changes.addAll(List.of(put(), put()));

        assertThatExceptionOfType(VpnException.class)
                .isThrownBy(() -> PeerBatch.apply(changes, part -> {
                    exchanges++;
                    throw new VpnException(FleetError.NODE_UNREACHABLE);
                }));
        assertThat(exchanges).isEqualTo(1);
    }

    /** All or nothing. */
    private void host(List<PeerChange> part) {
        exchanges++;
        assertThat(part)
                .hasSizeLessThanOrEqualTo(PeerChange.MAX_BATCH)
                .extracting(PeerChange::publicKey)
                .doesNotHaveDuplicates();
        if (part.stream().anyMatch(bad::contains)) {
            throw new VpnException(FleetError.NODE_REFUSED);
        }
        done.addAll(part);
    }

    private static PeerChange.Put put() {
        WireGuardKey key = WireGuardKeyPair.presharedKey();
        return new PeerChange.Put(key, key, List.of());
    }
}
