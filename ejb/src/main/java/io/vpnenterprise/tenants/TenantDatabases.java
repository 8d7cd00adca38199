package io.vpnenterprise.tenants;

import java.util.Map;

/**
 * Tenants' databases of one engine in one placement: what {@link TenantSteps} does with them. Each method brings the server
 * to a state, whatever it finds, so it may be called again after a crash at any point.
 *
 * <p>All throw {@code VpnException} with {@code CLUSTER_UNAVAILABLE} or {@code CLUSTER_REFUSED}.
 */
interface TenantDatabases {

    /** @param passwords one for each login */
    void createRoles(DatabaseNames names, Map<Login, String> passwords);

    void createDatabase(DatabaseNames names);

    /** Takes from everybody what only this tenant's roles shall have, and gives it to them. */
    void isolate(DatabaseNames names);

    void applyLimits(DatabaseNames names, HostingPlan plan);

    /** Signs in as each of these logins, as a client would. */
    void proveLogins(DatabaseNames names, Map<Login, String> passwords);

    /** Gives the logins these passwords, and ends the sessions of the old ones. */
    void setPasswords(DatabaseNames names, Map<Login, String> passwords);

    /** Lets nobody in any more, and puts out who is in. */
    void close(DatabaseNames names);

    /** Lets the logins in again. */
    void reopen(DatabaseNames names);

    /** What the database takes on disk. */
    long sizeBytes(DatabaseNames names);

    /** Removes the database and its roles. */
    void remove(DatabaseNames names);
}
