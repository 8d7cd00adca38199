package io.vpnenterprise.platform;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The product's own figures, in one registry of this application, so that a redeployment starts from nothing instead of
 * meeting its predecessor's. Thread-safe. Labels are bounded: codes, states and outcomes, never ids.
 */
@ApplicationScoped
public class Metrics {

    private static final Logger LOG = Logger.getLogger(Metrics.class.getName());

    private final PrometheusRegistry registry = new PrometheusRegistry();

    private final Counter errors = Counter.builder()
            .name("vpn_errors_total")
            .help("Answers with an error, by code")
            .labelNames("code")
            .register(registry);

    private final Histogram connects = Histogram.builder()
            .name("vpn_connect_seconds")
            .help("Time of a connect, from the request to the host's confirmation, by outcome")
            .labelNames("outcome")
            .classicUpperBounds(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
            .classicOnly()
            .register(registry);

    private final Histogram nodeBatches = Histogram.builder()
            .name("vpn_node_batch_peers")
            .help("Peer changes written to a node at once: the size of a group commit")
            .classicUpperBounds(1, 2, 5, 10, 25, 50, 100, 250, 500, 1000)
            .classicOnly()
            .register(registry);

    private final Counter connections = Counter.builder()
            .name("vpn_connections_total")
            .help("Connections that began and ended, in the whole cluster")
            .labelNames("event")
            .register(registry);

    private final Counter repairs = Counter.builder()
            .name("vpn_peer_repairs_total")
            .help("Peers that differed on a host from the database and were repaired, by kind")
            .labelNames("kind")
            .register(registry);

    private final Counter deliveries = Counter.builder()
            .name("vpn_deliveries_total")
            .help("Attempts to deliver mails, push messages and webhooks, by channel and outcome")
            .labelNames("channel", "outcome")
            .register(registry);

    private final Counter passwordChecks = Counter.builder()
            .name("vpn_password_checks_total")
            .help("Passwords that were compared, and those that were not because no try was left")
            .labelNames("outcome")
            .register(registry);

    private final Counter samples = Counter.builder()
            .name("vpn_samples_total")
            .help("Samples of hosts that were delivered, by outcome")
            .labelNames("outcome")
            .register(registry);

    private final Counter traffic = Counter.builder()
            .name("vpn_traffic_bytes_total")
            .help("Bytes of members' tunnels that samples told, by direction from the device's view")
            .labelNames("direction")
            .register(registry);

    public void countError(ErrorCode code) {
        errors.labelValues(code.name()).inc();
    }

    public void connected(String outcome, double seconds) {
        connects.labelValues(outcome).observe(seconds);
    }

    public void countConnection(String event) {
        connections.labelValues(event).inc();
    }

    public void wroteToNode(int changes) {
        nodeBatches.observe(changes);
    }

    public void repaired(String kind, int peers) {
        repairs.labelValues(kind).inc(peers);
    }

    public void countDelivery(String channel, String outcome) {
        deliveries.labelValues(channel, outcome).inc();
    }

    /** @param outcome {@code checked} or {@code refused} */
    public void countPasswordCheck(String outcome) {
        passwordChecks.labelValues(outcome).inc();
    }

    /** @param outcome {@code taken}, {@code late} or {@code failed} */
    public void countSamples(String outcome) {
        samples.labelValues(outcome).inc();
    }

    public void countTraffic(long uploaded, long downloaded) {
        traffic.labelValues("uploaded").inc(uploaded);
        traffic.labelValues("downloaded").inc(downloaded);
    }

    /**
     * Registers figures that are asked for at each scrape: one for each value of the label. Ask only cheap things. While
     * nothing can be asked, no figure is the figure: the other ones are needed most then.
     */
    public void gauges(String name, String help, String label, Supplier<Map<String, Long>> figures) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames(label)
                .callback(gauge -> asked(name, figures).forEach((value, figure) -> gauge.call(figure, value)))
                .register(registry);
    }

    private static Map<String, Long> asked(String name, Supplier<Map<String, Long>> figures) {
        try {
            return figures.get();
        } catch (RuntimeException e) {
            LOG.log(Level.FINE, "no figure for " + name, e);
            return Map.of();
        }
    }

    public PrometheusRegistry registry() {
        return registry;
    }
}
