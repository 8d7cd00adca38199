package io.vpnenterprise.node;

/**
 * What the peers are whose keys begin with the same byte: how many, and the exclusive or of their digests, which does not
 * depend on their order.
 */
public record RangeDigest(int peers, long high, long low) {

    /** One for each first byte of a key. */
    public static final int RANGES = 256;

    public static final RangeDigest NONE = new RangeDigest(0, 0, 0);

    public RangeDigest and(PeerDigest peer) {
        return new RangeDigest(peers + 1, high ^ peer.high(), low ^ peer.low());
    }
}
