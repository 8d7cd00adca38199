package io.vpnenterprise.platform.web;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;

/**
 * {@code /api/v1/…} is {@code /api/…}: one version, under the name that clients of the original use. Where an answer sends
 * its client is made of the public URL, not of the listener's scheme and the request's {@code Host}: a client would follow
 * them with its token, around the proxy that speaks TLS.
 */
@Provider
@PreMatching
@Priority(100)
public class ApiAddress implements ContainerRequestFilter {

    private static final String PREFIX = "v1/";

    @Override
    public void filter(ContainerRequestContext request) {
        UriInfo uri = request.getUriInfo();
        String path = uri.getPath(false);
        String relative = path.startsWith("/") ? path.substring(1) : path;
        String version = relative.startsWith(PREFIX) ? PREFIX : "";
        String base = EveryRequest.Visit.of(request).publicUrl() + "/api/" + version;
        String query = uri.getRequestUri().getRawQuery();
        request.setRequestUri(
                URI.create(base),
                URI.create(base + relative.substring(version.length()) + (query == null ? "" : "?" + query)));
    }
}
