package io.vpnenterprise.access.traffic;

import io.vpnenterprise.node.PeerSamples;
import io.vpnenterprise.node.PeerSamplesListener;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.Startup;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.util.Optional;

/**
 * Hears the connector's samples: takes them, then looks what follows from them. What is not taken is repeated by the
 * connector, in its newest state, with the next samples; what follows is looked at again with the member's next bytes.
 *
 * <p>Payara finds the one resource adapter that has this type of listener; WildFly reads its name in {@code jboss-ejb3.xml}.
 */
@MessageDriven(name = "SamplesBean", messageListenerInterface = PeerSamplesListener.class)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class SamplesBean implements PeerSamplesListener {

    @Inject
    Startup startup;

    @Inject
    SampleRows rows;

    @Inject
    Quotas quotas;

    @Inject
    EndpointWatch endpoints;

    @Inject
    LoadMeter load;

    @Inject
    Metrics metrics;

    @Override
    public void onSamples(PeerSamples samples) {
        startup.done();
        Optional<SampleRows.Taken> taken;
        try {
            taken = rows.take(samples);
        } catch (RuntimeException e) {
            metrics.countSamples("failed");
            throw e;
        }
        metrics.countSamples(taken.isPresent() ? "taken" : "late");
        taken.ifPresent(changed -> {
            metrics.countTraffic(changed.uploaded(), changed.downloaded());
            quotas.look(changed.users());
            endpoints.look(changed.serverId(), samples);
            load.add(changed.serverId(), changed.uploaded() + changed.downloaded());
        });
    }
}
