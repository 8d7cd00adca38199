package io.vpnenterprise.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PeerDigestTest {

    private final PeerChange.Put peer = Keys.put("10.8.0.2/32", "fd00:8::2/128");
    private final PeerDigest digest = PeerDigest.of(peer);

    @Test
    void isTheSameForWhatIsTheSameToADevice() {
        assertThat(PeerDigest.of(new PeerChange.Put(
                        peer.publicKey(), peer.presharedKey(), List.of("FD00:8:0::2/128", "10.8.0.2/32"))))
                .isEqualTo(digest);
        assertThat(digest.range()).isEqualTo(peer.publicKey().bytes()[0] & 0xff);
    }

    @Test
    void changesWithEachPart() {
        assertThat(List.of(
                        new PeerChange.Put(Keys.random(), peer.presharedKey(), peer.allowedIps()),
                        new PeerChange.Put(peer.publicKey(), Keys.random(), peer.allowedIps()),
                        new PeerChange.Put(peer.publicKey(), WireGuardKey.NONE, peer.allowedIps()),
                        new PeerChange.Put(peer.publicKey(), peer.presharedKey(), List.of("10.8.0.2/32")),
                        new PeerChange.Put(
                                peer.publicKey(), peer.presharedKey(), List.of("10.8.0.2/31", "fd00:8::2/128"))))
                .extracting(PeerDigest::of)
                .doesNotContain(digest)
                .doesNotHaveDuplicates();
    }

    /** It is stored: a version that makes another one of the same peer would find every peer of every host changed. */
    @Test
    void staysWhatItIs() {
        WireGuardKey key = WireGuardKey.ofHex("0123456789abcdef".repeat(4));
        WireGuardKey presharedKey = WireGuardKey.ofHex("fedcba9876543210".repeat(4));

        PeerDigest known =
                PeerDigest.of(new PeerChange.Put(key, presharedKey, List.of("10.8.0.2/32", "fd00:8::2/128")));

        assertThat(Long.toHexString(known.high()) + " " + Long.toHexString(known.low()))
                .isEqualTo("f8d286353bfe93da de2785a141dc93ab");
    }

    @Test
    void addsUpInAnyOrder() {
        PeerDigest other = PeerDigest.of(Keys.put());

        assertThat(RangeDigest.NONE.and(digest).and(other))
                .isEqualTo(RangeDigest.NONE.and(other).and(digest))
                .isNotEqualTo(RangeDigest.NONE.and(digest));
    }
}
