package io.vpnenterprise.access;

import io.vpnenterprise.fleet.AddressBlock;
import io.vpnenterprise.identity.Limits;
import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of devices and connections. */
@ApplicationScoped
public class AccessConfig implements FeatureConfig {

    private static final String NO_DNS = "none";
    private static final int NO_LIMIT = 0;
    private static final long GIGABYTE = 1_000_000_000;

    private Duration applyDeadline;
    private Duration reconcileEvery;
    private int foreignPeerCap;
    private Limits perUser;
    private Duration connectionLife;
    private Duration peerKeyLife;
    private Duration peerKeyNotice;
    private Duration ticketLife;
    private List<String> dns;

    @Override
    public void read(Settings settings) {
        // The connector gives up after 5 s; a member who waits longer has gone.
        applyDeadline = settings.duration(
                "vpn.access.apply-deadline", Duration.ofSeconds(6), Duration.ofSeconds(1), Duration.ofSeconds(30));
        // How long a change made by hand on a host can last.
        reconcileEvery = settings.duration(
                "vpn.access.reconcile-every", Duration.ofSeconds(4), Duration.ofSeconds(1), Duration.ofMinutes(10));
        // An old database must not wipe a fleet: more strangers than this at once wait for an operator.
        foreignPeerCap = settings.number("vpn.access.foreign-peer-cap", 100, 0, 65_536);
        perUser = perUser(settings);
        // For those who want every connection to be asked for again.
        connectionLife =
                settings.duration("vpn.access.connection-life", Duration.ZERO, Duration.ZERO, Duration.ofDays(366));
        // As long as the field's most careful keep a key.
        peerKeyLife =
                settings.duration("vpn.access.peer-key-life", Duration.ofDays(30), Duration.ZERO, Duration.ofDays(366));
        // A stock client cannot learn a new key: its member needs the time.
        peerKeyNotice =
                settings.duration("vpn.access.peer-key-notice", Duration.ofDays(3), Duration.ZERO, Duration.ofDays(30));
        // Long enough to scan a code on a phone.
        ticketLife = settings.duration(
                "vpn.access.ticket-life", Duration.ofMinutes(10), Duration.ofMinutes(1), Duration.ofHours(1));
        List<String> servers = settings.list("vpn.access.dns", List.of("1.1.1.1", "1.0.0.1"));
        dns = servers.equals(List.of(NO_DNS)) ? List.of() : servers;
        dns.forEach(AccessConfig::requireAddress);
    }

    /** NetworkManager and networkd take no search domains for name servers, as wg-quick would. */
    private static void requireAddress(String server) {
        try {
            AddressBlock.parse(server + (server.contains(":") ? "/128" : "/32"));
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("vpn.access.dns must be IPv4 and IPv6 addresses: " + server, e);
        }
    }

    private static Limits perUser(Settings settings) {
        int devices = settings.number("vpn.access.devices-per-user", 100, 1, 10_000);
        // As many as devices, unless there is less room than members.
        int connections = settings.number("vpn.access.connections-per-user", 100, 1, 10_000);
        // Whoever sells by plans sets these low, and more where it is paid for.
        int gigabytes = settings.number("vpn.access.monthly-gigabytes", NO_LIMIT, NO_LIMIT, 1_000_000_000);
        int kbit = settings.number("vpn.access.kbit-per-second", NO_LIMIT, NO_LIMIT, 10_000_000);
        if (kbit != NO_LIMIT && kbit < Limits.LEAST_KBIT_PER_SECOND) {
            throw new IllegalStateException(
                    "vpn.access.kbit-per-second must be 0, or " + Limits.LEAST_KBIT_PER_SECOND + " and more");
        }
        return Limits.of(
                devices,
                connections,
                gigabytes == NO_LIMIT ? null : gigabytes * GIGABYTE,
                kbit == NO_LIMIT ? null : Integer.valueOf(kbit),
                null);
    }

    Duration applyDeadline() {
        return applyDeadline;
    }

    Duration reconcileEvery() {
        return reconcileEvery;
    }

    int foreignPeerCap() {
        return foreignPeerCap;
    }

    /** What a member may have of whom nobody said anything else. */
    Limits perUser() {
        return perUser;
    }

    /** How long a connection lasts at most, if there is a limit. */
    Optional<Duration> connectionLife() {
        return Optional.of(connectionLife).filter(life -> !life.isZero());
    }

    /** How old a preshared key becomes, if there is a limit. */
    Optional<Duration> peerKeyLife() {
        return Optional.of(peerKeyLife).filter(life -> !life.isZero());
    }

    /** How long before that its member is told. */
    Duration peerKeyNotice() {
        return peerKeyNotice;
    }

    Duration ticketLife() {
        return ticketLife;
    }

    /** What clients resolve names with through the tunnel; empty leaves their own. */
    List<String> dns() {
        return dns;
    }
}
