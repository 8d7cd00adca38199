package io.vpnenterprise.node;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A lease on one node's session: what the platform can ask of a WireGuard host.
 *
 * <p>Every call is safe to repeat, waits at most the adapter's deadline (5 s by default, queueing behind other callers of
 * the same node included), and answers with a {@link NodeException} that says whether trying again can help. Not for use
 * by several threads at once; open a connection each.
 */
public interface NodeConnection extends AutoCloseable {

    /** So that a caller who has died is forgotten. */
    Duration MAX_WATCH = Duration.ofMinutes(1);

    /**
     * Brings an interface to its specification: creates what is missing, corrects what differs, leaves peers alone.
     * Creation is all or nothing: when a step fails, what this call had created is removed before the exception leaves.
     *
     * @throws NodeException {@code REFUSED} when the host cannot do it (a port in use, a missing program), {@code BUSY},
     *     {@code UNAVAILABLE}
     */
    void ensureInterface(InterfaceSpec spec);

    /** Removes an interface, its peers and its nftables table. Already absent is success. */
    void removeInterface(String interfaceName);

    /**
     * Applies changes, all or nothing, in one exchange. Peers that they do not touch keep sessions and counters, and so does
     * one that is put as it is already. A network belongs to one peer: putting it elsewhere takes it from the one that had it.
     *
     * <p>After {@code UNAVAILABLE} nobody knows whether they hold; the next call for the interface finds out, and ends what
     * was begun, before it does its own.
     *
     * @param changes at most {@link PeerChange#MAX_BATCH}, at most one of a peer, and no network put twice
     * @throws NodeException {@code REFUSED} with the change that cannot be, and nothing is changed: a bad address, a peer
     *     beyond the 65,536 that a device has, what the device itself says; {@code NO_INTERFACE}, {@code BUSY}, {@code
     *     UNAVAILABLE}
     */
    void apply(String interfaceName, List<PeerChange> changes);

    /**
     * Reads to what rates an interface's peers are held, by a rate of {@link #apply} or by anybody's hand; peers without one
     * are absent. Costs a program, where {@link #read} may cost none. Empty without such an interface.
     *
     * @throws NodeException {@code BUSY}, {@code UNAVAILABLE}
     */
    Map<WireGuardKey, PeerRate> rates(String interfaceName);

    /**
     * Reads an interface and says what its peers amount to, by ranges of their keys: enough to compare it with another list
     * of peers, without any of its secrets.
     *
     * @throws NodeException {@code NO_INTERFACE} when the host has none of that name
     */
    InterfaceDigest digest(String interfaceName);

    /**
     * What each peer of some ranges is, as of the last {@link #digest} of the interface and the changes applied since: the
     * device is not read again.
     *
     * @param ranges 0 to {@link RangeDigest#RANGES} - 1
     */
    List<PeerDigest> digests(String interfaceName, Set<Integer> ranges);

    /**
     * Reads an interface and all its peers.
     *
     * @throws NodeException {@code NO_INTERFACE} when the host has none of that name
     */
    InterfaceState read(String interfaceName);

    /**
     * Reads an interface, whoever made it, with its own private key and addresses and its peers, and changes nothing.
     *
     * @throws NodeException {@code NO_INTERFACE} when this node has none of that name; {@code REFUSED} when it is no
     *     {@link InterfaceSpec}: without a private key or a port, or with an MTU outside of its range
     */
    ExistingInterface describe(String interfaceName);

    /**
     * Has an interface sampled and what changed delivered to all {@link PeerSamplesListener}s, from now on for this long;
     * asked again, with the same epoch, it goes on. Does not touch the node.
     *
     * @param epoch of the caller's right to the node: of several callers the one with the highest counts
     * @param duration at most {@link #MAX_WATCH}
     */
    void watch(String interfaceName, long epoch, Duration duration);

    /** Answers if the node is likely to work: cheap, repeatable, changes nothing. Throws what is wrong. */
    void check();

    /** Ends the lease; the session stays for the next one. Never throws. */
    @Override
    void close();
}
