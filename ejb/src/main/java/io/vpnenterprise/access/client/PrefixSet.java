package io.vpnenterprise.access.client;

import io.vpnenterprise.fleet.AddressBlock;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * A set of IPv4 and IPv6 addresses. Immutable.
 *
 * <p>Both families lie on one line of numbers: IPv4 from 0 on, IPv6 from 2^128 on, so that no range reaches from one into
 * the other. The ranges are in order and never touch each other.
 */
final class PrefixSet {

    private static final BigInteger IPV6_BEGINS = BigInteger.ONE.shiftLeft(128);
    private static final int IPV4_BITS = 32;
    private static final int IPV6_BITS = 128;

    static final PrefixSet EMPTY = new PrefixSet(List.of());

    /** Every address of both families. */
    static final PrefixSet EVERYTHING = of(List.of(AddressBlock.parse("0.0.0.0/0"), AddressBlock.parse("::/0")));

    private final List<Range> ranges;

    /** From the first number to before the last. */
    private record Range(BigInteger from, BigInteger to) {

        static Range of(AddressBlock block) {
            BigInteger from = block.isIpv6() ? block.network().add(IPV6_BEGINS) : block.network();
            return new Range(from, from.add(BigInteger.ONE.shiftLeft(block.bits() - block.prefix())));
        }

        boolean isEmpty() {
            return from.compareTo(to) >= 0;
        }

        Stream<Range> without(Range other) {
            return Stream.of(new Range(from, to.min(other.from)), new Range(from.max(other.to), to))
                    .filter(rest -> !rest.isEmpty());
        }
    }

    private PrefixSet(List<Range> ranges) {
        this.ranges = ranges;
    }

    static PrefixSet of(Collection<AddressBlock> blocks) {
        return joined(blocks.stream().map(Range::of));
    }

    PrefixSet plus(PrefixSet other) {
        return joined(Stream.concat(ranges.stream(), other.ranges.stream()));
    }

    PrefixSet minus(PrefixSet other) {
        List<Range> rest = ranges;
        for (Range gone : other.ranges) {
            rest = rest.stream().flatMap(range -> range.without(gone)).toList();
        }
        return new PrefixSet(rest);
    }

    boolean contains(AddressBlock block) {
        Range wanted = Range.of(block);
        return ranges.stream()
                .anyMatch(range -> range.from.compareTo(wanted.from) <= 0 && range.to.compareTo(wanted.to) >= 0);
    }

    /**
     * The fewest blocks that have exactly these addresses, IPv4 first. From the beginning of a range the largest block that
     * begins there and fits is in every such list, since no block reaches over a range's ends.
     */
    List<AddressBlock> blocks() {
        List<AddressBlock> blocks = new ArrayList<>();
        for (Range range : ranges) {
            BigInteger at = range.from;
            while (at.compareTo(range.to) < 0) {
                int hostBits = Math.min(alignment(at), range.to.subtract(at).bitLength() - 1);
                blocks.add(block(at, hostBits));
                at = at.add(BigInteger.ONE.shiftLeft(hostBits));
            }
        }
        return blocks;
    }

    private static int alignment(BigInteger at) {
        return at.signum() == 0 ? IPV4_BITS : at.getLowestSetBit();
    }

    private static AddressBlock block(BigInteger at, int hostBits) {
        return at.compareTo(IPV6_BEGINS) < 0
                ? new AddressBlock(at, IPV4_BITS - hostBits, IPV4_BITS)
                : new AddressBlock(at.subtract(IPV6_BEGINS), IPV6_BITS - hostBits, IPV6_BITS);
    }

    private static PrefixSet joined(Stream<Range> unordered) {
        List<Range> joined = new ArrayList<>();
        unordered.sorted(java.util.Comparator.comparing(Range::from)).forEach(range -> {
            Range last = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (last != null && last.to.compareTo(range.from) >= 0) {
                joined.set(joined.size() - 1, new Range(last.from, last.to.max(range.to)));
            } else {
                joined.add(range);
            }
        });
        return new PrefixSet(List.copyOf(joined));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrefixSet set && ranges.equals(set.ranges);
    }

    @Override
    public int hashCode() {
        return ranges.hashCode();
    }

    @Override
    public String toString() {
        return blocks().toString();
    }
}
