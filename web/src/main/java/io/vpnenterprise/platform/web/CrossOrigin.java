package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformConfig;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/** Lets browsers of the configured origins in (Fetch, section 3.2), each compared as a whole; others get no header. */
@Provider
@PreMatching
@Priority(50)
@ApplicationScoped
public class CrossOrigin implements ContainerRequestFilter, ContainerResponseFilter {

    private static final String PREFLIGHT = "Access-Control-Request-Method";

    @Inject
    PlatformConfig config;

    @Override
    public void filter(ContainerRequestContext request) {
        // The same for every address: what a server answers by itself tells which there are.
        if (HttpMethod.OPTIONS.equals(request.getMethod())) {
            request.abortWith(Response.noContent().build());
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        String origin = request.getHeaderString("Origin");
        if (origin == null || !config.allowedOrigins().contains(origin)) {
            return;
        }
        MultivaluedMap<String, Object> headers = response.getHeaders();
        headers.putSingle("Access-Control-Allow-Origin", origin);
        headers.putSingle("Vary", "Origin");
        headers.putSingle("Access-Control-Expose-Headers", "Location, X-Request-Id, Idempotent-Replayed");
        if (request.getHeaderString(PREFLIGHT) != null) {
            headers.putSingle("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
            headers.putSingle(
                    "Access-Control-Allow-Headers",
                    "Authorization, Content-Type, Idempotency-Key, X-CSRF-Token, X-Request-Id");
            headers.putSingle("Access-Control-Max-Age", "3600");
        }
    }
}
