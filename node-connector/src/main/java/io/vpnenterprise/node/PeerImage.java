package io.vpnenterprise.node;

/**
 * What a peer is, without its key and without what it does.
 *
 * @param presharedKey {@link WireGuardKey#NONE} when it has none
 */
record PeerImage(WireGuardKey presharedKey, Networks allowedIps) {

    PeerChange.Put toPut(WireGuardKey publicKey) {
        return new PeerChange.Put(publicKey, presharedKey, allowedIps.texts());
    }
}
