package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Parameter;
import java.util.Arrays;

/**
 * Refuses a request without any body where a method takes one: without a media type too, JAX-RS asks no reader, and the
 * method would get a null.
 */
@Provider
public class BodyNeeded implements DynamicFeature {

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        if (Arrays.stream(resource.getResourceMethod().getParameters()).anyMatch(BodyNeeded::isBody)) {
            context.register(new Gate());
        }
    }

    /** The one parameter that no annotation says the origin of; {@link MayBeEmpty} is one. */
    private static boolean isBody(Parameter parameter) {
        return parameter.getAnnotations().length == 0;
    }

    private static final class Gate implements ContainerRequestFilter {
        @Override
        public void filter(ContainerRequestContext request) {
            if (!request.hasEntity()) {
                throw new VpnException(PlatformError.MALFORMED_JSON, "the body is empty");
            }
        }
    }
}
