package io.vpnenterprise.platform.web;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.net.URI;

/** {@code /api/v1/…} is {@code /api/…}: one version, under the name that clients of the original use. */
@Provider
@PreMatching
@Priority(100)
public class ApiVersion implements ContainerRequestFilter {

    private static final String PREFIX = "v1/";

    @Override
    public void filter(ContainerRequestContext request) {
        UriInfo uri = request.getUriInfo();
        String path = uri.getPath(false);
        String relative = path.startsWith("/") ? path.substring(1) : path;
        if (relative.startsWith(PREFIX)) {
            String query = uri.getRequestUri().getRawQuery();
            request.setRequestUri(
                    uri.getBaseUri(),
                    URI.create(uri.getBaseUri()
                            + relative.substring(PREFIX.length())
                            + (query == null ? "" : "?" + query)));
        }
    }
}
