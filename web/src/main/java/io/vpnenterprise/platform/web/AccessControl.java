package io.vpnenterprise.platform.web;

import io.vpnenterprise.audit.Refusals;
import io.vpnenterprise.identity.KnownDevices;
import io.vpnenterprise.identity.TokenVerifier;
import io.vpnenterprise.identity.VerifiedToken;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Credential;
import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;
import io.vpnenterprise.platform.LogContext;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.tenants.TenantKeys;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Puts a gate before every resource method: closed, unless the method or its class says by {@link
 * MayCall} who may call it.
 */
@Provider
public class AccessControl implements DynamicFeature {

    private static final Map<String, Endpoint> ENDPOINTS = new ConcurrentHashMap<>();

    /** The endpoints of the running application, in a fixed order. */
    public static List<Endpoint> endpoints() {
        return ENDPOINTS.values().stream()
                .sorted(Comparator.comparing(Endpoint::path).thenComparing(Endpoint::method))
                .toList();
    }

    @Override
    public void configure(ResourceInfo resource, FeatureContext context) {
        Method method = resource.getResourceMethod();
        Class<?> type = resource.getResourceClass();
        if (!type.getName().startsWith("io.vpnenterprise.")) {
            // What a server adds by itself, such as an answer to OPTIONS, is not ours to offer.
            context.register(new Gate("", List.of(), "", RouteClass.PUBLIC), Priorities.AUTHENTICATION);
            return;
        }
        MayCall own = method.getAnnotation(MayCall.class);
        MayCall says = own == null ? type.getAnnotation(MayCall.class) : own;
        String httpMethod = httpMethodOf(method);
        Endpoint endpoint = new Endpoint(
                httpMethod,
                pathOf(type, method),
                says == null ? List.of() : List.of(says.value()),
                says == null ? "" : scopeOf(says, httpMethod));
        ENDPOINTS.put(endpoint.method() + " " + endpoint.path(), endpoint);
        context.register(
                new Gate(
                        endpoint.method() + " " + endpoint.path(),
                        endpoint.access(),
                        endpoint.scope(),
                        routeOf(type, method, endpoint)),
                Priorities.AUTHENTICATION);
    }

    private static RouteClass routeOf(Class<?> type, Method method, Endpoint endpoint) {
        CountedAs own = method.getAnnotation(CountedAs.class);
        CountedAs says = own == null ? type.getAnnotation(CountedAs.class) : own;
        if (says != null) {
            return says.value();
        }
        if (!endpoint.access().contains(MayCall.EVERYBODY)) {
            return RouteClass.API;
        }
        // Who changes something without a token brings a password, a refresh token or a mailed link.
        return endpoint.method().equals(HttpMethod.GET) ? RouteClass.PUBLIC : RouteClass.CREDENTIALS;
    }

    private static String scopeOf(MayCall says, String httpMethod) {
        if (says.scope().isEmpty()) {
            return "";
        }
        boolean reads = httpMethod.equals(HttpMethod.GET) || httpMethod.equals(HttpMethod.HEAD);
        return says.scope() + (reads ? ":read" : ":write");
    }

    private static String httpMethodOf(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(annotation -> annotation.annotationType().getAnnotation(HttpMethod.class))
                .filter(found -> found != null)
                .map(HttpMethod::value)
                .findFirst()
                .orElse("?");
    }

    private static String pathOf(Class<?> type, Method method) {
        String path = "/" + pathOf(type.getAnnotation(Path.class)) + "/" + pathOf(method.getAnnotation(Path.class));
        String single = path.replaceAll("/+", "/");
        return single.length() > 1 && single.endsWith("/") ? single.substring(0, single.length() - 1) : single;
    }

    private static String pathOf(Path path) {
        return path == null ? "" : path.value();
    }

    /** Looked up once: {@code CDI.current()} walks the stack to see who asks, a quarter of the time of the whole gate. */
    private record Beans(
            TokenVerifier verifier,
            RateLimits limits,
            SessionCookies cookies,
            KnownDevices devices,
            Refusals refusals,
            TenantKeys tenantKeys) {

        private static volatile Beans found;

        static Beans get() {
            Beans known = found;
            if (known == null) {
                CDI<Object> container = CDI.current();
                known = new Beans(
                        container.select(TokenVerifier.class).get(),
                        container.select(RateLimits.class).get(),
                        container.select(SessionCookies.class).get(),
                        container.select(KnownDevices.class).get(),
                        container.select(Refusals.class).get(),
                        container.select(TenantKeys.class).get());
                found = known;
            }
            return known;
        }
    }

    /** Lets in who may; everybody behind it has a {@link CallerContext}, except where the endpoint is open. */
    private record Gate(String endpoint, List<String> access, String scope, RouteClass route)
            implements ContainerRequestFilter {

        private static final String SCHEME = "bearer ";

        /** As the original's clients send a key of a tenant, beside or instead of the other header. */
        private static final String TENANT_KEY = "apikey";

        /** They change nothing (RFC 9110, section 9.2.1), and a foreign page cannot read their answers. */
        private static final Set<String> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

        @Override
        public void filter(ContainerRequestContext request) {
            EveryRequest.Visit visit = EveryRequest.Visit.of(request);
            RateLimits limits = Beans.get().limits();
            if (access.contains(MayCall.EVERYBODY)) {
                limits.count(request, route, whoIsCounted(request, visit.origin()));
                return;
            }
            VerifiedToken token;
            try {
                token = verified(request, visit.origin());
            } catch (VpnException e) {
                if (isGuess(e.code())) {
                    limits.count(request, RouteClass.PUBLIC, visit.origin().network());
                }
                throw e;
            }
            LogContext.caller(token.caller().userId());
            limits.count(request, route, whoIsCounted(token.caller()));
            noted(token.caller(), () -> requirePermission(token.caller()));
            request.setSecurityContext(new CallerContext(token, visit.secure()));
        }

        /** An expired token was ours: its client must learn that, or it never refreshes. What is our fault is nobody's guess. */
        private static boolean isGuess(ErrorCode code) {
            return code.kind() == ErrorKind.UNAUTHENTICATED && code != PlatformError.TOKEN_EXPIRED;
        }

        /** The network; but nobody who floods its limit shuts out a device there that somebody has signed in from. */
        private String whoIsCounted(ContainerRequestContext request, Origin origin) {
            String network = origin.network();
            return Beans.get().limits().isFull(route, network)
                    ? SessionCookies.deviceToken(request::getHeaderString, request.getCookies())
                            .flatMap(Beans.get().devices()::find)
                            .map(UUID::toString)
                            .orElse(network)
                    : network;
        }

        /** A user's sessions are counted as one, each of his keys by itself: it is a program of its own. */
        private static String whoIsCounted(Caller caller) {
            Credential credential = caller.credential();
            return (credential.kind() == Credential.Kind.API_KEY ? credential.id() : caller.userId()).toString();
        }

        /** By the header; a browser's cookie counts only without one. */
        private VerifiedToken verified(ContainerRequestContext request, Origin origin) {
            TokenVerifier verifier = Beans.get().verifier();
            String header = request.getHeaderString(HttpHeaders.AUTHORIZATION);
            String tenantKey = request.getHeaderString(TENANT_KEY);
            if (tenantKey != null && access.contains(TenantKeys.ROLE)) {
                return ofTenant(tenantKey, origin);
            }
            if (header != null) {
                String given = bearer(header);
                if (TenantKeys.isMeant(given)) {
                    return ofTenant(given, origin);
                }
                requireRoomForKey(verifier, given, origin);
                return verifier.verify(given, origin);
            }
            VerifiedToken token = verifier.verify(
                    SessionCookies.find(request.getCookies(), SessionCookies.ACCESS)
                            .orElseThrow(() -> new VpnException(PlatformError.MISSING_TOKEN)),
                    origin);
            if (!SAFE.contains(request.getMethod())) {
                UUID session = token.caller().credential().id();
                noted(token.caller(), () -> Beans.get().cookies().requireOwnPage(request::getHeaderString, session));
            }
            return token;
        }

        /** Beyond the limit of bad tokens, no query: keys that nobody can guess need none to be tried out. */
        private static VerifiedToken ofTenant(String key, Origin origin) {
            if (Beans.get().limits().isFull(RouteClass.PUBLIC, origin.network())) {
                throw new VpnException(PlatformError.INVALID_TOKEN);
            }
            Caller caller = Beans.get().tenantKeys().verify(key, origin);
            return new VerifiedToken(key, Map.of("sub", caller.userId().toString()), caller);
        }

        /** Of a known caller, a refusal is in the audit. */
        private void noted(Caller caller, Runnable check) {
            try {
                check.run();
            } catch (VpnException e) {
                Beans.get().refusals().note(caller, e.code(), endpoint);
                throw e;
            }
        }

        /** Beyond the limit, an invented key costs no query; one that was good here lately is still looked up. */
        private static void requireRoomForKey(TokenVerifier verifier, String token, Origin origin) {
            if (verifier.isUnfamiliarKey(token) && Beans.get().limits().isFull(RouteClass.PUBLIC, origin.network())) {
                throw new VpnException(PlatformError.INVALID_TOKEN);
            }
        }

        private static String bearer(String header) {
            // The scheme's name has no case (RFC 9110, section 11.1).
            if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
                throw new VpnException(PlatformError.INVALID_TOKEN);
            }
            return header.substring(SCHEME.length()).strip();
        }

        private void requirePermission(Caller caller) {
            Credential credential = caller.credential();
            if (credential.kind() == Credential.Kind.API_KEY
                    && (scope.isEmpty() || !credential.scopes().contains(scope))) {
                throw new VpnException(
                        PlatformError.SCOPE_MISSING, scope.isEmpty() ? "no API key may call this" : scope);
            }
            if (access.stream().noneMatch(caller.roles()::contains)) {
                throw new VpnException(PlatformError.NOT_PERMITTED);
            }
        }
    }
}
