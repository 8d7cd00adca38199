package io.vpnenterprise.platform.web;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;

/** Tells a client on each counted answer how often he may still call (draft-ietf-httpapi-ratelimit-headers-06). */
@Provider
public class RateLimitHeaders implements ContainerResponseFilter {

    static final String PROPERTY = RateLimitHeaders.class.getName();

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (!(request.getProperty(PROPERTY) instanceof FixedWindows.Count count)) {
            return;
        }
        MultivaluedMap<String, Object> headers = response.getHeaders();
        headers.putSingle("RateLimit-Limit", count.rate().count());
        headers.putSingle("RateLimit-Remaining", count.remaining());
        headers.putSingle("RateLimit-Reset", count.resetSeconds());
        headers.putSingle(
                "RateLimit-Policy",
                count.rate().count() + ";w=" + count.rate().per().toSeconds());
        if (!count.admitted()) {
            headers.putSingle(HttpHeaders.RETRY_AFTER, count.resetSeconds());
        }
    }
}
