package io.vpnenterprise.node;

import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;

/** How a message-driven bean wants its samples. Made by the container, which names it in {@code ra.xml}. */
public class PeerSamplesActivation implements ActivationSpec {

    private static final int MIN_SAMPLE_EVERY_MILLIS = 200;
    private static final int MAX_SAMPLE_EVERY_MILLIS = 60_000;

    private ResourceAdapter resourceAdapter;
    private Integer sampleEveryMillis = 2_000;

    /** Milliseconds between two samples of an interface: 200 to 60,000, 2,000 by default; more where a read is slow. */
    public Integer getSampleEveryMillis() {
        return sampleEveryMillis;
    }

    public void setSampleEveryMillis(Integer sampleEveryMillis) {
        this.sampleEveryMillis = sampleEveryMillis;
    }

    @Override
    public void validate() throws InvalidPropertyException {
        if (sampleEveryMillis == null
                || sampleEveryMillis < MIN_SAMPLE_EVERY_MILLIS
                || sampleEveryMillis > MAX_SAMPLE_EVERY_MILLIS) {
            throw new InvalidPropertyException("sampleEveryMillis is " + sampleEveryMillis + ", outside "
                    + MIN_SAMPLE_EVERY_MILLIS + " to " + MAX_SAMPLE_EVERY_MILLIS);
        }
    }

    @Override
    public ResourceAdapter getResourceAdapter() {
        return resourceAdapter;
    }

    @Override
    public void setResourceAdapter(ResourceAdapter resourceAdapter) {
        this.resourceAdapter = resourceAdapter;
    }
}
