package io.vpnenterprise.node;

/** Hears what the peers of watched interfaces did: the messages of the connector's inbound side. */
public interface PeerSamplesListener {

    /**
     * Takes samples. When this returns they count as taken; when it throws, the same peers come again with the next
     * samples, in their newest state. Samples of one interface come one after the other, those of several at once.
     */
    void onSamples(PeerSamples samples);
}
