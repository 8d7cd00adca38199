package io.vpnenterprise.access;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.node.PeerChange;
import io.vpnenterprise.node.WireGuardKey;
import io.vpnenterprise.platform.VpnException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Applies changes in as few exchanges as the refused ones among them allow: one member's bad change fails only him. */
final class PeerBatch {

    /** Applies changes to a host, all or nothing; {@code NODE_REFUSED} when it is nothing. */
    @FunctionalInterface
    interface Exchange {
        void apply(List<PeerChange> changes);
    }

    /** A change that the host refused, and the reason it gave. */
    record Refused(PeerChange change, String reason) {}

    private PeerBatch() {}

    /**
     * Applies all changes, each peer's in order; when the host refuses some, either half of them, and so on down to the
     * refused change, which finds one bad among 1,000 in 20 exchanges. Any other failure leaves at once, with the changes
     * before it applied.
     *
     * @return the changes that were refused; of these nothing was done
     */
    static List<Refused> apply(List<PeerChange> changes, Exchange exchange) {
        List<Refused> refused = new ArrayList<>();
        for (int from = 0; from < changes.size(); ) {
            int to = endOfDistinct(changes, from);
            apply(changes.subList(from, to), exchange, refused);
            from = to;
        }
        return refused;
    }

    private static void apply(List<PeerChange> changes, Exchange exchange, List<Refused> refused) {
        try {
            exchange.apply(changes);
        } catch (VpnException e) {
            if (e.code() != FleetError.NODE_REFUSED) {
                throw e;
            }
            if (changes.size() == 1) {
                refused.add(new Refused(changes.get(0), e.getMessage()));
                return;
            }
            int half = changes.size() / 2;
            apply(changes.subList(0, half), exchange, refused);
            apply(changes.subList(half, changes.size()), exchange, refused);
        }
    }

    /** A host takes one change of a peer at a time, and at most so many. */
    private static int endOfDistinct(List<PeerChange> changes, int from) {
        Set<WireGuardKey> keys = new HashSet<>();
        int to = from;
        while (to < changes.size()
                && to - from < PeerChange.MAX_BATCH
                && keys.add(changes.get(to).publicKey())) {
            to++;
        }
        return to;
    }
}
