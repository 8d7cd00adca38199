package io.vpnenterprise.platform.web;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;

/**
 * A request without body and media type counts as JSON: RESTEasy would answer 415 before the gate asks who calls, Jersey
 * would not.
 */
@Provider
@PreMatching
@Priority(100)
public class NoBody implements ContainerRequestFilter {

    @Override
    public void filter(ContainerRequestContext request) {
        if (!request.hasEntity() && request.getHeaderString(HttpHeaders.CONTENT_TYPE) == null) {
            request.getHeaders().putSingle(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
        }
    }
}
