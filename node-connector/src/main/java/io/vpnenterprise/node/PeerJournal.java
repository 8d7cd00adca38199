package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Changes that are under way at a device, and what each peer that they touch was before and is to be after: those that are
 * changed, those that lose a network to them, and those that could lose one to a request that is cut off.
 */
final class PeerJournal {

    private final List<PeerChange> changes;
    private final Map<WireGuardKey, Optional<PeerImage>> before = new HashMap<>();
    private final Map<WireGuardKey, Optional<PeerImage>> after = new LinkedHashMap<>();

    private PeerJournal(List<PeerChange> changes) {
        this.changes = changes;
    }

    /**
     * Checks changes and notes what they are to do.
     *
     * @throws NodeException {@code REFUSED}, naming the change that no device can take or that contradicts another
     */
    static PeerJournal of(List<PeerChange> changes, PeerTable present) {
        PeerJournal journal = new PeerJournal(removesFirst(changes));
        Map<WireGuardKey, List<byte[]>> losses = new LinkedHashMap<>();
        Map<byte[], WireGuardKey> claims = new TreeMap<>(Arrays::compareUnsigned);
        for (PeerChange change : changes) {
            WireGuardKey key = change.publicKey();
            Optional<PeerImage> wanted =
                    change instanceof PeerChange.Put put ? Optional.of(imageOf(put)) : Optional.empty();
            if (journal.after.put(key, wanted) != null) {
                throw refused(change, "it comes twice");
            }
            journal.before.put(key, present.find(key));
            wanted.ifPresent(image -> {
                for (int i = 0; i < image.allowedIps().count(); i++) {
                    byte[] network = image.allowedIps().get(i);
                    if (claims.put(network, key) != null) {
                        throw refused(change, "another one is given the same network");
                    }
                    present.ownerOf(network)
                            .filter(owner -> !owner.equals(key))
                            .ifPresent(owner -> losses.computeIfAbsent(owner, other -> new ArrayList<>())
                                    .add(network));
                }
            });
        }
        losses.forEach((loser, networks) -> journal.touch(loser, present, networks));
        journal.touchWhomACutCanTouch(present);
        return journal;
    }

    /** The first put that would be one peer too many, or empty. */
    Optional<PeerChange> tooMany(PeerTable present) {
        int peers = present.size();
        for (PeerChange change : changes) {
            if (change instanceof PeerChange.Remove && present.contains(change.publicKey())) {
                peers--;
            }
        }
        for (PeerChange change : changes) {
            if (change instanceof PeerChange.Put
                    && !present.contains(change.publicKey())
                    && ++peers > PeerTable.MAX_PEERS) {
                return Optional.of(change);
            }
        }
        return Optional.empty();
    }

    List<PeerChange> changes() {
        return changes;
    }

    /** What is still to be done at a device so that it has all of it; empty when it has. */
    List<PeerChange> toEnd(PeerTable found) {
        return toReach(after, found);
    }

    /** What is to be done at a device so that it is what it was; empty when it is. */
    List<PeerChange> toBeginning(PeerTable found) {
        return toReach(before, found);
    }

    /** The first change, in the order in which they are sent, that a device that refused has not. */
    PeerChange firstMissing(PeerTable found) {
        return changes.stream()
                .filter(change -> !found.find(change.publicKey()).equals(after.get(change.publicKey())))
                .findFirst()
                .orElse(changes.get(changes.size() - 1));
    }

    static NodeException refused(PeerChange change, String reason) {
        String what = change instanceof PeerChange.Put ? "putting" : "removing";
        return new NodeException(
                Reason.REFUSED,
                what + " peer " + change.publicKey().base64() + ": " + reason + "; nothing was changed");
    }

    /** No two are for one peer or network, so their order means nothing, but for a device that is full. */
    private static List<PeerChange> removesFirst(List<PeerChange> changes) {
        return changes.stream()
                .sorted(Comparator.comparing(PeerChange.Put.class::isInstance))
                .toList();
    }

    private void touch(WireGuardKey loser, PeerTable present, List<byte[]> losses) {
        Optional<PeerImage> was = present.find(loser);
        if (before.putIfAbsent(loser, was) == null && !after.containsKey(loser)) {
            after.put(
                    loser,
                    was.map(image -> new PeerImage(
                            image.presharedKey(), image.allowedIps().without(losses))));
        }
    }

    private void touchWhomACutCanTouch(PeerTable present) {
        Set<WireGuardKey> owners = new HashSet<>();
        Stream.concat(before.values().stream(), after.values().stream())
                .flatMap(Optional::stream)
                .map(PeerImage::allowedIps)
                .forEach(networks -> {
                    for (int i = 0; i < networks.count(); i++) {
                        Networks.cutOff(networks.get(i))
                                .forEach(cut -> present.ownerOf(cut).ifPresent(owners::add));
                    }
                });
        owners.forEach(owner -> touch(owner, present, List.of()));
    }

    private static PeerImage imageOf(PeerChange.Put put) {
        try {
            return new PeerImage(put.presharedKey(), Networks.parse(put.allowedIps()));
        } catch (IllegalArgumentException e) {
            throw refused(put, e.getMessage());
        }
    }

    private static List<PeerChange> toReach(Map<WireGuardKey, Optional<PeerImage>> images, PeerTable found) {
        List<PeerChange> missing = new ArrayList<>();
        images.forEach((key, image) -> {
            if (!found.find(key).equals(image)) {
                missing.add(image.<PeerChange>map(was -> was.toPut(key)).orElseGet(() -> new PeerChange.Remove(key)));
            }
        });
        return removesFirst(missing);
    }
}
