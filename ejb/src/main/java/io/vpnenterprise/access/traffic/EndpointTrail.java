package io.vpnenterprise.access.traffic;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Where one peer was heard from lately, and what is odd about it: WireGuard has one endpoint for each key, so two machines
 * with one key take it from each other in turn. Each oddity is told once, until it has not been seen for a window. Not
 * thread-safe.
 */
final class EndpointTrail {

    /**
     * How much is still usual.
     *
     * @param window within which is counted
     * @param returns of an endpoint to its last place but one; this many are odd
     * @param networks that a peer may be in: IPv4's of 24 bits, IPv6's of 48; one more is odd
     */
    record Limits(Duration window, int returns, int networks) {}

    /** Beyond every limit that can be set. */
    private static final int MAX_MOVES = 128;

    private record Move(String endpoint, boolean isReturn, Instant at) {}

    private final Deque<Move> moves = new ArrayDeque<>();
    private final Map<Oddity, Instant> seen = new EnumMap<>(Oddity.class);

    /** Notes where the peer is; returns what is newly odd. */
    Set<Oddity> at(String endpoint, Instant now, Limits limits) {
        forget(now.minus(limits.window()));
        if (!moves.isEmpty() && moves.peekLast().endpoint().equals(endpoint)) {
            return Set.of();
        }
        moves.add(new Move(endpoint, endpoint.equals(lastButOne()), now));
        if (moves.size() > MAX_MOVES) {
            moves.removeFirst();
        }
        Set<Oddity> odd = EnumSet.noneOf(Oddity.class);
        if (moves.stream().filter(Move::isReturn).count() >= limits.returns()) {
            odd.add(Oddity.SHARED_KEY);
        }
        Set<String> networks = new HashSet<>();
        moves.forEach(move -> networks.add(networkOf(move.endpoint())));
        if (networks.size() > limits.networks()) {
            odd.add(Oddity.ROAMING);
        }
        return newly(odd, now, limits.window());
    }

    /** Whether nothing here matters any more. */
    boolean isOver(Instant now, Duration window) {
        return moves.isEmpty() || moves.peekLast().at().isBefore(now.minus(window));
    }

    private Set<Oddity> newly(Set<Oddity> odd, Instant now, Duration window) {
        Set<Oddity> newly = EnumSet.noneOf(Oddity.class);
        for (Oddity oddity : odd) {
            Instant last = seen.put(oddity, now);
            if (last == null || last.isBefore(now.minus(window))) {
                newly.add(oddity);
            }
        }
        return newly;
    }

    /** The last place stays, however old: it is where the peer still is. */
    private void forget(Instant before) {
        while (moves.size() > 1 && moves.peekFirst().at().isBefore(before)) {
            moves.removeFirst();
        }
    }

    private String lastButOne() {
        Iterator<Move> backwards = moves.descendingIterator();
        if (backwards.hasNext()) {
            backwards.next();
        }
        return backwards.hasNext() ? backwards.next().endpoint() : null;
    }

    /** What an operator hands out as one: 24 bits of IPv4, 48 of IPv6 (RFC 6177). */
    static String networkOf(String endpoint) {
        String address = endpoint.substring(0, Math.max(0, endpoint.lastIndexOf(':')));
        if (!address.startsWith("[")) {
            return address.substring(0, Math.max(0, address.lastIndexOf('.')));
        }
        String[] groups = expanded(address.substring(1, address.length() - 1));
        return groups[0] + ":" + groups[1] + ":" + groups[2];
    }

    /** At least the first three groups, whatever was left out. */
    private static String[] expanded(String address) {
        int gap = address.indexOf("::");
        String front = gap < 0 ? address : address.substring(0, gap);
        String[] given = front.isEmpty() ? new String[0] : front.split(":");
        String[] groups = {"0", "0", "0"};
        System.arraycopy(given, 0, groups, 0, Math.min(3, given.length));
        return groups;
    }
}
