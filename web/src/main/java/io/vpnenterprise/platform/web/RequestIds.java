package io.vpnenterprise.platform.web;

import jakarta.annotation.Priority;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names each request, by the client's own name for it if that is harmless, and sends the headers every answer has. */
@Provider
@PreMatching
@Priority(10)
public class RequestIds implements ContainerRequestFilter, ContainerResponseFilter {

    static final String HEADER = "X-Request-Id";

    private static final String PROPERTY = RequestIds.class.getName();

    /** Goes into logs: no spaces, no line breaks, no length to fill a disk with. */
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    static String of(ContainerRequestContext request) {
        return String.valueOf(request.getProperty(PROPERTY));
    }

    @Override
    public void filter(ContainerRequestContext request) {
        String given = request.getHeaderString(HEADER);
        String id = given != null && HARMLESS.matcher(given).matches()
                ? given
                : UUID.randomUUID().toString();
        request.setProperty(PROPERTY, id);
        CDI.current().select(RequestOrigin.class).get().name(id);
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        response.getHeaders().putSingle(HEADER, of(request));
        response.getHeaders().putSingle("X-Content-Type-Options", "nosniff");
        // Answers hold keys, tokens and members' data.
        response.getHeaders().putSingle("Cache-Control", "no-store");
    }
}
