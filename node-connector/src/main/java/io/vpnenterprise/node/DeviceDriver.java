package io.vpnenterprise.node;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One node's way of doing what {@link NodeConnection} promises, with its exceptions.
 *
 * <p>One call at a time: {@link NodeSession} sees to that, to the deadline's start and to sound arguments. Only {@link
 * #close} may come from another thread, in the middle of a call, which then fails with {@code UNAVAILABLE}.
 */
interface DeviceDriver extends AutoCloseable {

    void ensureInterface(InterfaceSpec spec, Deadline deadline);

    void removeInterface(String interfaceName, Deadline deadline);

    /**
     * Sends changes in one exchange: removes first, no peer twice, and no network twice. Not atomic: after a
     * refusal, and after an exception other than {@code NO_INTERFACE}, any part of them may hold.
     *
     * @return the device's reason if it refused, empty when it confirmed them all
     */
    Optional<String> send(String interfaceName, List<PeerChange> changes, Deadline deadline);

    /** What the device's peers are; unlike {@link #read}, also of one that has no private key yet. */
    DevicePeers peers(String interfaceName, Deadline deadline);

    /**
     * Holds the peers of these changes to their rates: after they were applied, so a failure is never {@code REFUSED}.
     */
    void rate(String interfaceName, List<PeerChange> changes, Deadline deadline);

    Map<WireGuardKey, PeerRate> rates(String interfaceName, Deadline deadline);

    InterfaceState read(String interfaceName, Deadline deadline);

    /** What {@link #ensureInterface} would have to be asked for what is there, and the peers, from one read of the device. */
    Described describe(String interfaceName, Deadline deadline);

    /** @see #describe */
    record Described(InterfaceSpec spec, List<PeerState> peers) {}

    /** Names the device's present life: whenever it is made anew, with counters from zero, this is another text. */
    String incarnation(String interfaceName, Deadline deadline);

    void check(Deadline deadline);

    @Override
    void close();
}
