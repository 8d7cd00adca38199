package io.vpnenterprise.platform.web;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;

/**
 * A client that accepts {@code application/problem+json} alone speaks of failures: what succeeds it gets as it is, instead
 * of a 406 for everything.
 */
@Provider
@PreMatching
@Priority(100)
public class ProblemAccepted implements ContainerRequestFilter {

    static final MediaType PROBLEM_JSON = new MediaType("application", "problem+json");

    /** Only who names it: a browser's {@code *}{@code /*} means the envelope. */
    static boolean by(ContainerRequestContext request) {
        String accept = request.getHeaderString(HttpHeaders.ACCEPT);
        return accept != null && accept.contains(PROBLEM_JSON.toString());
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (by(request)) {
            request.getHeaders().add(HttpHeaders.ACCEPT, "*/*;q=0.1");
        }
    }
}
