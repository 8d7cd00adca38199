package io.vpnenterprise.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Applies changes in as few exchanges as the refused ones among them allow. */
final class PeerBatch {

    /** Sends changes to a device, in order, and returns the reason if it refused any of them. */
    @FunctionalInterface
    interface Exchange {
        Optional<String> send(List<PeerChange> changes);
    }

    private PeerBatch() {}

    /**
     * Sends all changes at once; when the device refuses, sends either half, and so on down to the refused change.
     *
     * <p>A refused batch leaves its first part applied. Sending that again is safe, because puts and removes can be
     * repeated in the same order; and halving finds one bad change among 1,000 in 20 exchanges, where sending one at a
     * time takes 1,000, which is the whole deadline for a device that is driven by processes.
     *
     * <p>A put that is refused is followed by a remove: a device creates the peer before it reads the allowed IPs.
     */
    static List<RefusedChange> apply(List<PeerChange> changes, Exchange exchange) {
        List<RefusedChange> refused = new ArrayList<>();
        List<PeerChange> sendable = new ArrayList<>(changes.size());
        for (PeerChange change : changes) {
            if (change instanceof PeerChange.Put put
                    && !put.allowedIps().stream().allMatch(Cidr::isHarmless)) {
                // Whatever this is, it must not become a line of its own in a request. Its remove keeps its place.
                refused.add(new RefusedChange(change, "not an address with a prefix length"));
                sendable.add(new PeerChange.Remove(put.publicKey()));
            } else {
                sendable.add(change);
            }
        }
        send(sendable, exchange, refused);
        return refused;
    }

    private static void send(List<PeerChange> changes, Exchange exchange, List<RefusedChange> refused) {
        if (changes.isEmpty()) {
            return;
        }
        Optional<String> reason = exchange.send(changes);
        if (reason.isEmpty()) {
            return;
        }
        if (changes.size() > 1) {
            int half = changes.size() / 2;
            send(changes.subList(0, half), exchange, refused);
            send(changes.subList(half, changes.size()), exchange, refused);
            return;
        }
        PeerChange change = changes.get(0);
        refused.add(new RefusedChange(change, reason.get()));
        if (change instanceof PeerChange.Put put) {
            exchange.send(List.of(new PeerChange.Remove(put.publicKey())));
        }
    }
}
