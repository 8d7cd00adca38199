package io.vpnenterprise.access.traffic;

import io.vpnenterprise.node.PeerSamples;
import io.vpnenterprise.node.PeerSamplesListener;
import io.vpnenterprise.platform.Startup;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;

/**
 * Hears the connector's samples. What fails here is repeated by the connector, in its newest state, with the next samples.
 * Which resource adapter it hears is said in the servers' own descriptors.
 */
@MessageDriven(name = "SamplesBean", messageListenerInterface = PeerSamplesListener.class)
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class SamplesBean implements PeerSamplesListener {

    @Inject
    Startup startup;

    @Inject
    SampleRows rows;

    @Override
    public void onSamples(PeerSamples samples) {
        startup.done();
        rows.take(samples);
    }
}
