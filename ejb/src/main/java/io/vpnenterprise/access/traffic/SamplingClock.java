package io.vpnenterprise.access.traffic;

import io.vpnenterprise.fleet.Hosts;
import io.vpnenterprise.fleet.Node;
import io.vpnenterprise.fleet.NodeTurns;
import io.vpnenterprise.fleet.Nodes;
import io.vpnenterprise.fleet.Server;
import io.vpnenterprise.fleet.ServerRows;
import io.vpnenterprise.platform.Startup;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.Resource;
import jakarta.ejb.ConcurrencyManagement;
import jakarta.ejb.ConcurrencyManagementType;
import jakarta.ejb.Singleton;
import jakarta.ejb.Timeout;
import jakarta.ejb.TimerConfig;
import jakarta.ejb.TimerService;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Has the connector sample the servers whose node this application node writes to, and no others: so each host is sampled by
 * one. Asks again and again, since what is not asked for any more ends.
 */
@Singleton
@jakarta.ejb.Startup
@ConcurrencyManagement(ConcurrencyManagementType.BEAN)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class SamplingClock {

    private static final Logger LOG = Logger.getLogger(SamplingClock.class.getName());

    private static final long TICK_MILLIS = 1_000;

    /** Outlives some ticks that come late, and a lease that went elsewhere by seconds, whose samples are then refused. */
    private static final Duration WATCH = Duration.ofSeconds(15);

    @Inject
    Startup startup;

    @Resource
    TimerService timers;

    @Inject
    Nodes nodes;

    @Inject
    NodeTurns turns;

    @Inject
    ServerRows servers;

    @Inject
    Hosts hosts;

    @PostConstruct
    void start() {
        startup.done();
        timers.createIntervalTimer(TICK_MILLIS, TICK_MILLIS, new TimerConfig("sampling", false));
    }

    @Timeout
    void tick() {
        try {
            nodes.all().forEach(this::watch);
        } catch (RuntimeException e) {
            // The database is away; the timer must live until it is back.
            LOG.log(Level.WARNING, "nothing is sampled: {0}", e.getMessage());
        }
    }

    private void watch(Node node) {
        turns.lease(node.id()).ifPresent(lease -> servers.ofNode(node.id()).stream()
                .filter(server -> server.status() == Server.Status.ACTIVE)
                .forEach(server -> hosts.watch(node, server.interfaceName(), lease.epoch(), WATCH)));
    }
}
