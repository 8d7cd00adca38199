package io.vpnenterprise.node;

import java.util.List;
import java.util.Map;

/**
 * One node's way of doing what {@link NodeConnection} promises, with its exceptions.
 *
 * <p>One call at a time: {@link NodeSession} sees to that, to the deadline's start and to sound arguments. Only {@link
 * #close} may come from another thread, in the middle of a call, which then fails with {@code UNAVAILABLE}.
 */
interface DeviceDriver extends AutoCloseable {

    void ensureInterface(InterfaceSpec spec, Deadline deadline);

    void removeInterface(String interfaceName, Deadline deadline);

    /** A refused put leaves no peer of that key behind: half of it would be worse than none. */
    List<RefusedChange> apply(String interfaceName, List<PeerChange> changes, Deadline deadline);

    /**
     * Holds the peers of these changes to their rates: after they were applied, so a failure is never {@code REFUSED}.
     */
    void rate(String interfaceName, List<PeerChange> changes, Deadline deadline);

    Map<WireGuardKey, PeerRate> rates(String interfaceName, Deadline deadline);

    InterfaceState read(String interfaceName, Deadline deadline);

    /** Names the device's present life: whenever it is made anew, with counters from zero, this is another text. */
    String incarnation(String interfaceName, Deadline deadline);

    void check(Deadline deadline);

    @Override
    void close();
}
