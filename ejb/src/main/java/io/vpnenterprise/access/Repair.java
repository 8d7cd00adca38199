package io.vpnenterprise.access;

/**
 * What a reconciliation put right on a host, in peers.
 *
 * @param missing that the host did not have
 * @param changed that it had otherwise
 * @param foreign that the database does not know
 */
public record Repair(int missing, int changed, int foreign) {

    static final Repair NONE = new Repair(0, 0, 0);

    boolean isNone() {
        return equals(NONE);
    }
}
