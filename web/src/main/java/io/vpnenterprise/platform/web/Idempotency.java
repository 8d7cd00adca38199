package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.IdempotencyKeys;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.ext.Provider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Makes an unsafe request with an {@code Idempotency-Key} happen once: a repetition gets the first answer again, without
 * what is shown once. Keys belong to a user; without a token the header has no meaning.
 *
 * <p>Refusals and failures are not kept: what they say may be over, and the client may try the same key again. Whether a
 * request that died with its application node made anything, nobody knows: its key repeats nothing, and says so.
 */
@Provider
@Priority(Priorities.USER)
public class Idempotency implements ContainerRequestFilter, ContainerResponseFilter {

    static final String HEADER = "Idempotency-Key";
    private static final String REPLAYED = "Idempotent-Replayed";
    private static final String PROPERTY = Idempotency.class.getName();
    private static final Pattern FORM = Pattern.compile("[\\x21-\\x7e]{1,128}");
    private static final Set<String> UNSAFE =
            Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE);

    @Override
    public void filter(ContainerRequestContext request) throws IOException {
        String key = request.getHeaderString(HEADER);
        SecurityContext security = request.getSecurityContext();
        if (key == null || !UNSAFE.contains(request.getMethod()) || security.getUserPrincipal() == null) {
            return;
        }
        if (!FORM.matcher(key).matches()) {
            throw new VpnException(PlatformError.IDEMPOTENCY_KEY_INVALID);
        }
        UUID userId = CallerContext.caller(security).userId();
        IdempotencyKeys.Outcome outcome = keys().begin(userId, key, fingerprint(request));
        if (outcome instanceof IdempotencyKeys.Kept kept) {
            request.abortWith(replay(kept));
        } else {
            request.setProperty(PROPERTY, outcome);
        }
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (!(request.getProperty(PROPERTY) instanceof IdempotencyKeys.Begun begun)) {
            return;
        }
        if (response.getStatusInfo().getFamily() != Response.Status.Family.SUCCESSFUL) {
            keys().forget(begun);
            return;
        }
        Object entity = response.getEntity();
        Object kept = entity instanceof Envelope envelope ? envelope.withoutSecrets() : entity;
        keys().keep(
                        begun,
                        new IdempotencyKeys.Kept(
                                response.getStatus(),
                                response.getHeaderString(HttpHeaders.LOCATION),
                                kept == null ? null : Json.JSONB.toJson(kept)));
    }

    private static IdempotencyKeys keys() {
        return CDI.current().select(IdempotencyKeys.class).get();
    }

    private static byte[] fingerprint(ContainerRequestContext request) throws IOException {
        byte[] body = request.hasEntity() ? request.getEntityStream().readAllBytes() : new byte[0];
        request.setEntityStream(new ByteArrayInputStream(body));
        String query = request.getUriInfo().getRequestUri().getRawQuery();
        // Keyed: a body may hold a password, and a plain hash of it could be tried against.
        return CDI.current()
                .select(Secrets.class)
                .get()
                .mac(
                        request.getMethod() + " " + request.getUriInfo().getPath() + "?" + query + "\n"
                                + new String(body, StandardCharsets.ISO_8859_1),
                        "idempotency_keys");
    }

    private static Response replay(IdempotencyKeys.Kept kept) {
        Response.ResponseBuilder response = Response.status(kept.status()).header(REPLAYED, "true");
        if (kept.location() != null) {
            response.header(HttpHeaders.LOCATION, kept.location());
        }
        return kept.body() == null
                ? response.build()
                : response.type(MediaType.APPLICATION_JSON_TYPE)
                        .entity(kept.body())
                        .build();
    }
}
