package io.vpnenterprise.node;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * What the peers of one interface are: for each its key, its preshared key and its networks. Follows a device's rules: a
 * network has one peer, and giving it to another takes it away, silently.
 *
 * <p>Flat, since there is one for each interface that is driven: about 150 bytes a peer, and no objects. Not thread-safe.
 */
final class PeerTable {

    /** As wireguard-go has it, exactly (measured). */
    static final int MAX_PEERS = 65_536;

    /** Of a record: the key, the preshared key, the number of networks, the networks. */
    private static final int PRESHARED_KEY = WireGuardKey.LENGTH;

    private static final int COUNT = PRESHARED_KEY + WireGuardKey.LENGTH;
    private static final int NETWORKS = COUNT + Integer.BYTES;

    /** Bytes of records that are gone, beyond which the others are copied together. */
    private static final int MAX_WASTE = 256 << 10;

    private final Index byKey = new Index(WireGuardKey.LENGTH);
    private final Index byNetwork = new Index(Networks.BYTES);
    private byte[] records = new byte[16 << 10];
    private int end;
    private int wasted;
    private int size;

    /** Takes each peer in turn. */
    @FunctionalInterface
    interface Visitor {
        void visit(WireGuardKey publicKey, PeerImage peer);
    }

    static PeerTable of(List<PeerState> peers) {
        PeerTable table = new PeerTable();
        peers.forEach(peer -> table.put(
                peer.publicKey(), peer.presharedKey().orElse(WireGuardKey.NONE), Networks.parse(peer.allowedIps())));
        return table;
    }

    int size() {
        return size;
    }

    boolean contains(WireGuardKey key) {
        return byKey.find(key.bytes(), 0) >= 0;
    }

    Optional<PeerImage> find(WireGuardKey key) {
        int at = byKey.find(key.bytes(), 0);
        return at < 0 ? Optional.empty() : Optional.of(image(at));
    }

    /** The peer that has exactly this network, packed. */
    Optional<WireGuardKey> ownerOf(byte[] network) {
        int at = byNetwork.find(network, 0);
        return at < 0 ? Optional.empty() : Optional.of(key(at));
    }

    void each(Visitor visitor) {
        byKey.eachOwner(at -> visitor.visit(key(at), image(at)));
    }

    /** Of all peers, by range. */
    List<RangeDigest> digests() {
        PeerDigest.Hash hash = new PeerDigest.Hash();
        RangeDigest[] ranges = new RangeDigest[RangeDigest.RANGES];
        Arrays.fill(ranges, RangeDigest.NONE);
        each((key, peer) -> ranges[key.firstByte()] =
                ranges[key.firstByte()].and(hash.of(key, peer.presharedKey(), peer.allowedIps())));
        return List.of(ranges);
    }

    /** Of each peer of these ranges. */
    List<PeerDigest> digests(Set<Integer> ranges) {
        PeerDigest.Hash hash = new PeerDigest.Hash();
        List<PeerDigest> digests = new ArrayList<>();
        each((key, peer) -> {
            if (ranges.contains(key.firstByte())) {
                digests.add(hash.of(key, peer.presharedKey(), peer.allowedIps()));
            }
        });
        return digests;
    }

    /** Follows a device that has confirmed changes. */
    void apply(List<PeerChange> changes) {
        for (PeerChange change : changes) {
            if (change instanceof PeerChange.Put put) {
                put(put.publicKey(), put.presharedKey(), Networks.parse(put.allowedIps()));
            } else {
                remove(change.publicKey());
            }
        }
    }

    /** Adds a peer, or gives one these values. */
    void put(WireGuardKey key, WireGuardKey presharedKey, Networks allowedIps) {
        remove(key);
        byte[] networks = allowedIps.packed();
        for (int from = 0; from < networks.length; from += Networks.BYTES) {
            int loser = byNetwork.find(networks, from);
            if (loser >= 0) {
                take(loser, Arrays.copyOfRange(networks, from, from + Networks.BYTES));
            }
        }
        add(key, presharedKey, networks);
    }

    void remove(WireGuardKey key) {
        byte[] bytes = key.bytes();
        int at = byKey.find(bytes, 0);
        if (at < 0) {
            return;
        }
        byKey.remove(bytes, 0);
        int to = endOf(at);
        for (int network = at + NETWORKS; network < to; network += Networks.BYTES) {
            byNetwork.remove(records, network);
        }
        wasted += to - at;
        size--;
        if (wasted > MAX_WASTE && wasted > end / 2) {
            compact();
        }
    }

    private void take(int loser, byte[] network) {
        WireGuardKey key = key(loser);
        PeerImage image = image(loser);
        remove(key);
        add(
                key,
                image.presharedKey(),
                image.allowedIps().without(List.of(network)).packed());
    }

    private void add(WireGuardKey key, WireGuardKey presharedKey, byte[] networks) {
        int at = end;
        end += NETWORKS + networks.length;
        if (end > records.length) {
            records = Arrays.copyOf(records, Math.max(end, 2 * records.length));
        }
        key.copyTo(records, at);
        presharedKey.copyTo(records, at + PRESHARED_KEY);
        writeCount(at, networks.length / Networks.BYTES);
        System.arraycopy(networks, 0, records, at + NETWORKS, networks.length);
        index(at);
        size++;
    }

    private void index(int at) {
        byKey.add(at, at);
        int to = endOf(at);
        for (int network = at + NETWORKS; network < to; network += Networks.BYTES) {
            byNetwork.add(network, at);
        }
    }

    private void compact() {
        byte[] all = records;
        int[] live = byKey.owners();
        // Moved only to the left, in order: no record is overwritten before it is copied.
        Arrays.sort(live);
        byKey.clear();
        byNetwork.clear();
        end = 0;
        wasted = 0;
        for (int from : live) {
            int length = endOf(from) - from;
            System.arraycopy(all, from, records, end, length);
            int at = end;
            end += length;
            index(at);
        }
    }

    private WireGuardKey key(int at) {
        return WireGuardKey.of(Arrays.copyOfRange(records, at, at + WireGuardKey.LENGTH));
    }

    private PeerImage image(int at) {
        return new PeerImage(
                WireGuardKey.of(Arrays.copyOfRange(records, at + PRESHARED_KEY, at + COUNT)),
                Networks.ofPacked(records, at + NETWORKS, endOf(at)));
    }

    private int endOf(int at) {
        int count = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            count = count << Byte.SIZE | records[at + COUNT + i] & 0xff;
        }
        return at + NETWORKS + count * Networks.BYTES;
    }

    private void writeCount(int at, int count) {
        for (int i = 0; i < Integer.BYTES; i++) {
            records[at + COUNT + i] = (byte) (count >> Byte.SIZE * (Integer.BYTES - 1 - i));
        }
    }

    /** Finds the record that owns some bytes of a fixed length: a hash table with open addressing and linear probing. */
    private final class Index {

        private static final int FREE = 0;
        private static final int GONE = -1;
        private static final int LEAST = 64;

        private final int length;

        /** Where the bytes are, plus one. */
        private int[] places = new int[LEAST];

        private int[] owners = new int[LEAST];
        private int taken;
        private int live;

        private Index(int length) {
            this.length = length;
        }

        /** The record, or -1. */
        int find(byte[] bytes, int from) {
            int slot = slotOf(bytes, from);
            return slot < 0 ? -1 : owners[slot];
        }

        void add(int place, int owner) {
            if (2 * (taken + 1) > places.length) {
                grow();
            }
            insert(place, owner);
        }

        void remove(byte[] bytes, int from) {
            int slot = slotOf(bytes, from);
            if (slot >= 0) {
                places[slot] = GONE;
                live--;
            }
        }

        void clear() {
            Arrays.fill(places, FREE);
            taken = 0;
            live = 0;
        }

        int[] owners() {
            int[] all = new int[live];
            int count = 0;
            for (int slot = 0; slot < places.length; slot++) {
                if (places[slot] > FREE) {
                    all[count++] = owners[slot];
                }
            }
            return all;
        }

        void eachOwner(IntConsumer consumer) {
            for (int owner : owners()) {
                consumer.accept(owner);
            }
        }

        private int slotOf(byte[] bytes, int from) {
            int mask = places.length - 1;
            for (int slot = hash(bytes, from) & mask; places[slot] != FREE; slot = slot + 1 & mask) {
                int place = places[slot] - 1;
                if (places[slot] != GONE && Arrays.equals(records, place, place + length, bytes, from, from + length)) {
                    return slot;
                }
            }
            return -1;
        }

        private void insert(int place, int owner) {
            int mask = places.length - 1;
            int slot = hash(records, place) & mask;
            while (places[slot] != FREE) {
                slot = slot + 1 & mask;
            }
            places[slot] = place + 1;
            owners[slot] = owner;
            taken++;
            live++;
        }

        private void grow() {
            int[] oldPlaces = places;
            int[] oldOwners = owners;
            int capacity = Integer.highestOneBit(Math.max(LEAST, live * 4 + 4)) << 1;
            places = new int[capacity];
            owners = new int[capacity];
            taken = 0;
            live = 0;
            for (int slot = 0; slot < oldPlaces.length; slot++) {
                if (oldPlaces[slot] > FREE) {
                    insert(oldPlaces[slot] - 1, oldOwners[slot]);
                }
            }
        }

        /** FNV-1a with 64 bits, folded. */
        private int hash(byte[] bytes, int from) {
            long hash = 0xcbf29ce484222325L;
            for (int i = from; i < from + length; i++) {
                hash = (hash ^ bytes[i] & 0xff) * 0x100000001b3L;
            }
            return (int) (hash ^ hash >>> 32);
        }
    }
}
