package io.vpnenterprise.identity.provider;

import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.concurrent.ConcurrentHashMap;

/** One client for each configured provider, made when first asked for. Thread-safe. */
@ApplicationScoped
class OidcClients {

    @Inject
    OidcConfig config;

    @Inject
    PlatformConfig platform;

    private final ConcurrentHashMap<String, OidcClient> clients = new ConcurrentHashMap<>();

    OidcClient of(OidcProvider provider) {
        return clients.computeIfAbsent(provider.id(), id -> new OidcClient(provider, config.deadline(), callback(id)));
    }

    OidcProvider require(String id) {
        return config.find(id).orElseThrow(() -> new VpnException(IdentityError.PROVIDER_NOT_FOUND, id));
    }

    /** What the operator registers at the provider: one address each, so that two providers' answers cannot be mixed up. */
    private URI callback(String id) {
        return URI.create(platform.publicUrl() + "/api/auth/oidc/" + id + "/callback");
    }
}
