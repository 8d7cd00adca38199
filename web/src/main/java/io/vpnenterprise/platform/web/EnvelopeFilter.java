package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.ext.Provider;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;

/**
 * Puts what a resource returned into the envelope, and failures into theirs, or into RFC 9457's for a client that names
 * it. Files and key sets go as they are.
 */
@Provider
@Priority(6_000)
public class EnvelopeFilter implements ContainerResponseFilter {

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        Object entity = response.getEntity();
        if (entity instanceof FailureMapper.Failed failed) {
            writeFailure(request, response, failed.failure());
        } else if (entity != null && !isWhole(entity) && isJson(response)) {
            response.setEntity(Envelope.of(entity), response.getEntityAnnotations(), MediaType.APPLICATION_JSON_TYPE);
        }
    }

    private static void writeFailure(
            ContainerRequestContext request, ContainerResponseContext response, VpnException failure) {
        String code = failure.code().name();
        String field = failure.field().orElse(null);
        Map<String, Object> details = failure.details().isEmpty() ? null : failure.details();
        String requestId = EveryRequest.Visit.of(request).origin().requestId();
        if (ProblemAccepted.by(request)) {
            response.setEntity(
                    new Failure.Problem(
                            "about:blank",
                            failure.code().sentence(),
                            response.getStatus(),
                            failure.getMessage(),
                            code,
                            field,
                            details,
                            requestId),
                    response.getEntityAnnotations(),
                    ProblemAccepted.PROBLEM_JSON);
        } else {
            response.setEntity(
                    new Failure(
                            false,
                            failure.getMessage(),
                            code,
                            field,
                            details,
                            requestId,
                            OffsetDateTime.now(ZoneOffset.UTC)),
                    response.getEntityAnnotations(),
                    MediaType.APPLICATION_JSON_TYPE);
        }
    }

    /** What is JSON already, or a file. */
    private static boolean isWhole(Object entity) {
        return entity instanceof String || entity instanceof StreamingOutput;
    }

    private static boolean isJson(ContainerResponseContext response) {
        return response.getMediaType() == null || MediaType.APPLICATION_JSON_TYPE.isCompatible(response.getMediaType());
    }
}
