package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Makes changes of peers all or nothing on devices that are not: check, note what was before, one exchange; if the device
 * refuses, hangs up or is silent, read back, then go on to the end or back to the beginning.
 *
 * <p>What was before comes from a mirror of the interface, since a device can only be read as a whole. A mirror comes from a
 * read, follows every change that the device confirmed, and is dropped with any doubt. What is begun and not ended, because
 * the host stays away, is kept, and the next call for the interface ends it first.
 *
 * <p>Not thread-safe: used in the session's turn.
 */
final class AtomicChanges {

    /** Interfaces of one node whose mirrors are kept, about 10 MB each at most; the one longest unused goes. */
    private static final int MAX_MIRRORS = 16;

    private final DeviceDriver driver;
    private final Map<String, PeerJournal> journals = new HashMap<>();
    private final Map<String, PeerTable> mirrors = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, PeerTable> eldest) {
            return size() > MAX_MIRRORS;
        }
    };

    AtomicChanges(DeviceDriver driver) {
        this.driver = driver;
    }

    void apply(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        recover(interfaceName, deadline);
        PeerJournal journal = begin(interfaceName, changes, deadline);
        journals.put(interfaceName, journal);
        Optional<String> refusal = Optional.empty();
        try {
            refusal = driver.send(interfaceName, journal.changes(), deadline);
            if (refusal.isEmpty()) {
                commit(interfaceName, journal);
                return;
            }
        } catch (NodeException e) {
            if (e.reason() == Reason.NO_INTERFACE) {
                forget(interfaceName);
            }
            if (e.reason() != Reason.UNAVAILABLE || deadline.passed()) {
                throw e;
            }
        }
        settle(interfaceName, journal, refusal, deadline).ifPresent(refused -> {
            throw refused;
        });
    }

    /** Ends what an earlier call could not. */
    void recover(String interfaceName, Deadline deadline) {
        PeerJournal journal = journals.get(interfaceName);
        if (journal != null) {
            settle(interfaceName, journal, Optional.empty(), deadline);
        }
    }

    /** Reads the device, which the mirror is from now on, and says what its peers amount to. */
    InterfaceDigest digest(String interfaceName, Deadline deadline) {
        recover(interfaceName, deadline);
        return readDevice(interfaceName, deadline).digest(interfaceName);
    }

    /** The same by a reading that is made for somebody else, too. */
    InterfaceDigest digest(String interfaceName, Supplier<InterfaceState> reading, Deadline deadline) {
        recover(interfaceName, deadline);
        return mirrored(interfaceName, () -> DevicePeers.of(reading.get())).digest(interfaceName);
    }

    /** The peers of these ranges, as they were at the last read and have become since; nothing is read that is known. */
    List<PeerDigest> digests(String interfaceName, Set<Integer> ranges, Deadline deadline) {
        recover(interfaceName, deadline);
        PeerTable mirror = mirrors.get(interfaceName);
        return (mirror == null ? readBack(interfaceName, deadline) : mirror).digests(ranges);
    }

    /** What is known of an interface is not so any more: it is made, removed, or changed by other means. */
    void forget(String interfaceName) {
        journals.remove(interfaceName);
        mirrors.remove(interfaceName);
    }

    private PeerTable readBack(String interfaceName, Deadline deadline) {
        return readDevice(interfaceName, deadline).peers();
    }

    private DevicePeers readDevice(String interfaceName, Deadline deadline) {
        return mirrored(interfaceName, () -> driver.peers(interfaceName, deadline));
    }

    private DevicePeers mirrored(String interfaceName, Supplier<DevicePeers> reading) {
        mirrors.remove(interfaceName);
        try {
            DevicePeers found = reading.get();
            mirrors.put(interfaceName, found.peers());
            return found;
        } catch (NodeException e) {
            if (e.reason() == Reason.NO_INTERFACE) {
                // The peers went with the device: there is nothing to go on with, and nothing to go back to.
                forget(interfaceName);
            }
            throw e;
        }
    }

    private PeerJournal begin(String interfaceName, List<PeerChange> changes, Deadline deadline) {
        PeerTable mirror = mirrors.get(interfaceName);
        if (mirror != null) {
            PeerJournal journal = PeerJournal.of(changes, mirror);
            if (journal.tooMany(mirror).isEmpty()) {
                return journal;
            }
            // A hand may have made room that the mirror does not know of: the device is asked before a change is
            // refused.
        }
        PeerTable present = readBack(interfaceName, deadline);
        PeerJournal journal = PeerJournal.of(changes, present);
        journal.tooMany(present).ifPresent(change -> {
            throw PeerJournal.refused(
                    change, "the interface has the " + PeerTable.MAX_PEERS + " peers that it can have");
        });
        return journal;
    }

    /**
     * Brings the device to one of the two ends.
     *
     * @param refusal the device's, if it has refused the changes
     * @return why nothing was changed, or empty when all is
     * @throws NodeException {@code UNAVAILABLE}: it is at neither end yet
     */
    private Optional<NodeException> settle(
            String interfaceName, PeerJournal journal, Optional<String> refusal, Deadline deadline) {
        PeerTable found = readBack(interfaceName, deadline);
        Optional<String> reason = refusal;
        if (refusal.isEmpty() || journal.toEnd(found).isEmpty()) {
            // Nobody refused anything, so it goes on to the end.
            reason = reach(interfaceName, journal.toEnd(found), deadline);
            if (reason.isEmpty()) {
                journals.remove(interfaceName);
                return Optional.empty();
            }
            found = readBack(interfaceName, deadline);
        }
        NodeException refused = PeerJournal.refused(journal.firstMissing(found), reason.get());
        Optional<String> stuck = reach(interfaceName, journal.toBeginning(found), deadline);
        if (stuck.isPresent()
                || !journal.toBeginning(readBack(interfaceName, deadline)).isEmpty()) {
            throw new NodeException(
                    Reason.UNAVAILABLE, interfaceName + " is neither as before nor as asked yet: " + reason.get());
        }
        journals.remove(interfaceName);
        return Optional.of(refused);
    }

    /** Sends what is missing, if anything is; returns the device's reason if it refused. */
    private Optional<String> reach(String interfaceName, List<PeerChange> missing, Deadline deadline) {
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        Optional<String> refusal = driver.send(interfaceName, missing, deadline);
        if (refusal.isEmpty()) {
            mirrors.get(interfaceName).apply(missing);
        }
        return refusal;
    }

    private void commit(String interfaceName, PeerJournal journal) {
        journals.remove(interfaceName);
        mirrors.get(interfaceName).apply(journal.changes());
    }
}
