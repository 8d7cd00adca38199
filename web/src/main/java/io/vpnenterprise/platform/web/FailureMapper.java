package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.ErrorKind;
import io.vpnenterprise.platform.LogContext;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Turns every failure into an answer with a code: the only place that knows which kind is which HTTP status. What is our
 * fault goes to the log with its stack and to the client without.
 */
@Provider
public class FailureMapper implements ExceptionMapper<Throwable> {

    private static final Logger LOG = Logger.getLogger(FailureMapper.class.getName());

    /** Their reason is one line, not a stack: while a database is away, every request has it. */
    private static final Set<ErrorKind> BLAMED_ON_OTHERS = EnumSet.of(ErrorKind.UNAVAILABLE, ErrorKind.BAD_GATEWAY);

    /** A failure on its way to {@link EnvelopeFilter}. */
    record Failed(VpnException failure) {}

    @Override
    public Response toResponse(Throwable thrown) {
        VpnException failure = failureOf(thrown);
        ErrorKind kind = failure.code().kind();
        LogContext.failed(failure.code());
        if (kind == ErrorKind.INTERNAL) {
            LOG.log(Level.SEVERE, "a request failed", thrown);
        } else if (BLAMED_ON_OTHERS.contains(kind) && failure.getCause() != null) {
            LOG.log(Level.WARNING, "a request failed: {0}", rootOf(failure).toString());
        }
        CDI.current().select(Metrics.class).get().countError(failure.code());
        Response.ResponseBuilder response = Response.status(statusOf(kind));
        if (kind == ErrorKind.TOO_SLOW) {
            // The rest of the body may still dribble in.
            response.header("Connection", "close");
        }
        if (kind == ErrorKind.UNAUTHENTICATED) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
        }
        if (kind == ErrorKind.UNAVAILABLE) {
            response.header(HttpHeaders.RETRY_AFTER, "1");
        }
        // Rounded up: who waits for so long is let in.
        failure.retryAfter()
                .ifPresent(wait -> response.header(
                        HttpHeaders.RETRY_AFTER,
                        Math.max(1, wait.plusMillis(999).toSeconds())));
        if (thrown instanceof NotAllowedException notAllowed) {
            response.header(HttpHeaders.ALLOW, notAllowed.getResponse().getHeaderString(HttpHeaders.ALLOW));
        }
        // The request is not reliably injected here: the filter behind knows it, and writes the body.
        return response.type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Failed(failure))
                .build();
    }

    private static Throwable rootOf(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static VpnException failureOf(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof VpnException failure) {
                return failure;
            }
            if (cause instanceof SQLException failure) {
                return Sql.failure(failure);
            }
        }
        return thrown instanceof WebApplicationException answer
                ? ofServer(answer)
                : new VpnException(PlatformError.INTERNAL, null, thrown);
    }

    /** JAX-RS's own refusals, by their status: the servers' classes for them differ. */
    private static VpnException ofServer(WebApplicationException answer) {
        int status = answer.getResponse().getStatus();
        return switch (status) {
            case 404 -> new VpnException(PlatformError.NOT_FOUND);
            case 405 -> new VpnException(PlatformError.METHOD_NOT_ALLOWED);
            case 406 -> new VpnException(PlatformError.NOT_ACCEPTABLE);
            case 415 -> new VpnException(PlatformError.UNSUPPORTED_MEDIA_TYPE);
            default ->
                new VpnException(
                        status >= 400 && status < 500 ? PlatformError.MALFORMED_JSON : PlatformError.INTERNAL,
                        null,
                        answer);
        };
    }

    private static int statusOf(ErrorKind kind) {
        return switch (kind) {
            case INVALID -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN, QUOTA_EXCEEDED -> 403;
            case NOT_FOUND -> 404;
            case NOT_ALLOWED -> 405;
            case NOT_ACCEPTABLE -> 406;
            case TOO_SLOW -> 408;
            case CONFLICT -> 409;
            case GONE -> 410;
            case TOO_LARGE -> 413;
            case UNSUPPORTED -> 415;
            case RATE_LIMITED -> 429;
            case INTERNAL -> 500;
            case BAD_GATEWAY -> 502;
            case UNAVAILABLE -> 503;
        };
    }
}
