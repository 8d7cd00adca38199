package io.vpnenterprise.access.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.fleet.AddressBlock;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Against a model that has one bit for each of the 4,096 addresses of a block in each family, and by what makes a list of
 * blocks minimal: none can be left out, and no two can become one.
 */
class PrefixSetTest {

    private static final int ADDRESSES = 4_096;
    private static final int OPERATIONS = 12;
    private static final int ROUNDS = 300;

    @Test
    void hasTheAddressesOfTheModelInTheFewestBlocks() {
        long seed = System.nanoTime();
        System.out.println("PrefixSetTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (String space : List.of("198.18.16.0/20", "2001:db8::/116", "0.0.0.0/20", "::/116")) {
                compareWithModel(random, AddressBlock.parse(space));
            }
        }
    }

    private static void compareWithModel(Random random, AddressBlock space) {
        PrefixSet set = PrefixSet.EMPTY;
        BitSet model = new BitSet(ADDRESSES);
        for (int i = 0; i < OPERATIONS; i++) {
            int hostBits = random.nextInt(13);
            int first = random.nextInt(ADDRESSES) >> hostBits << hostBits;
            PrefixSet block = PrefixSet.of(List.of(new AddressBlock(
                    space.network().add(BigInteger.valueOf(first)), space.bits() - hostBits, space.bits())));
            boolean add = random.nextInt(3) > 0;
            set = add ? set.plus(block) : set.minus(block);
            model.set(first, first + (1 << hostBits), add);
        }
        List<AddressBlock> blocks = set.blocks();
        BitSet covered = new BitSet(ADDRESSES);
        for (AddressBlock block : blocks) {
            int first = block.network().subtract(space.network()).intValueExact();
            int last = first + (1 << block.bits() - block.prefix());
            assertThat(covered.get(first, last).cardinality())
                    .as("in another block already: one of them can go")
                    .isZero();
            covered.set(first, last);
        }
        assertThat(covered).isEqualTo(model);
        assertThat(blocks).as("siblings that are one block").noneMatch(block -> blocks.contains(sibling(block)));
        for (AddressBlock block : blocks) {
            assertThat(set.contains(block)).isTrue();
            assertThat(PrefixSet.of(blocks).minus(PrefixSet.of(List.of(block)))).isNotEqualTo(set);
        }
    }

    private static AddressBlock sibling(AddressBlock block) {
        return block.prefix() == 0
                ? AddressBlock.parse("192.0.2.255/32")
                : new AddressBlock(
                        block.network().flipBit(block.bits() - block.prefix()), block.prefix(), block.bits());
    }

    @Test
    void isBothFamiliesAsTwoBlocks() {
        assertThat(PrefixSet.EVERYTHING.blocks()).hasToString("[0.0.0.0/0, ::/0]");
        assertThat(PrefixSet.EVERYTHING.minus(PrefixSet.EVERYTHING).blocks()).isEmpty();
    }

    @Test
    void leavesOutOneAddressInAsManyBlocksAsItHasBits() {
        PrefixSet one =
                PrefixSet.of(List.of(AddressBlock.parse("192.0.2.1/32"), AddressBlock.parse("2001:db8::1/128")));
        assertThat(PrefixSet.EVERYTHING.minus(one).blocks()).hasSize(32 + 128);
    }
}
