package io.vpnenterprise.identity.provider;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import io.vpnenterprise.identity.Confirmations;
import io.vpnenterprise.identity.IdentityError;
import io.vpnenterprise.identity.SecondFactors;
import io.vpnenterprise.identity.Sessions;
import io.vpnenterprise.identity.SignInOutcome;
import io.vpnenterprise.identity.SignInRows;
import io.vpnenterprise.identity.User;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Sign-in by another provider (OpenID Connect): the browser goes there with a question of ours and comes back with an
 * answer that is traded for the person's claims.
 *
 * <pre>
 * begin  → a row with the question, a cookie for the browser → the provider
 * finish → the row is taken, once, by that browser alone → the provider is asked → the account → a session
 * </pre>
 *
 * The provider is called outside transactions; the row is in the database, so that the browser may come back to any node.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class ExternalSignIns {

    private static final Logger LOG = Logger.getLogger(ExternalSignIns.class.getName());

    /** A path of this site: neither another host ({@code //}, {@code /\}) nor anything that ends a header. */
    private static final Pattern RETURN_ADDRESS = Pattern.compile("/(?![/\\\\])[\\x21-\\x7e&&[^\\\\]]{0,511}");

    /** As {@link Secrets#randomToken} makes them. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");

    @Inject
    OidcConfig config;

    @Inject
    OidcClients clients;

    @Inject
    ExternalIdentityRows rows;

    @Inject
    SignInRows signIns;

    @Inject
    Sessions sessions;

    @Inject
    SecondFactors secondFactors;

    @Inject
    Confirmations confirmations;

    @Inject
    Secrets secrets;

    @Inject
    PlatformConfig platform;

    /** A provider to choose from. */
    public record Choice(String id, String name) {}

    /**
     * Where the browser goes now.
     *
     * @param browser what it keeps, for as long as {@code life}, in a cookie that comes back with it
     */
    public record Begun(URI address, String browser, Duration life) {}

    /** What came of it, and the address of this site that the browser goes on to. */
    public sealed interface Finished {
        URI returnTo();

        /** The user is signed in, or his second factor is asked for. */
        record SignedIn(SignInOutcome outcome, URI returnTo) implements Finished {}

        /** The provider's account is linked to the user who asked for that. */
        record Linked(ExternalIdentity identity, URI returnTo) implements Finished {}
    }

    /** In the operator's order. */
    public List<Choice> choices() {
        return config.providers().stream()
                .map(provider -> new Choice(provider.id(), provider.name()))
                .toList();
    }

    /**
     * @param returnTo a path of this site; null for its root
     * @param browser what the browser keeps of an earlier beginning, so that two tabs do not disturb each other; may be null
     */
    public Begun begin(String providerId, String returnTo, String browser, Origin origin) {
        return begin(providerId, returnTo, browser, origin, null);
    }

    /** As {@link #begin}, to link the provider's account to the caller, who signed in just now, instead of signing in. */
    public Begun beginLink(Caller caller, String providerId, String returnTo, String browser) {
        confirmations.requireRecent(caller);
        return begin(providerId, returnTo, browser, caller.origin(), caller.userId());
    }

    private Begun begin(String providerId, String returnTo, String browser, Origin origin, UUID linkUserId) {
        OidcProvider provider = clients.require(providerId);
        String path = returnTo == null || returnTo.isEmpty() ? "/" : returnTo;
        absolute(path);
        OidcClient.Question question = new OidcClient.Question();
        URI address = clients.of(provider).authorizationAddress(question);
        String state = question.state().getValue();
        String kept = browser != null && TOKEN.matcher(browser).matches() ? browser : secrets.randomToken();
        rows.begin(
                new ExternalIdentityRows.Pending(sealed(question), path, Optional.ofNullable(linkUserId)),
                providerId,
                state,
                kept,
                origin);
        return new Begun(address, kept, config.signInLife());
    }

    /**
     * @param parameters of the query that the browser came back with
     * @param browser its cookie; may be null
     * @param deviceToken of an earlier sign-in on this device; may be null
     */
    public Finished finish(
            String providerId,
            Map<String, List<String>> parameters,
            String browser,
            String deviceToken,
            Origin origin) {
        OidcProvider provider = clients.require(providerId);
        String state = only(parameters.get("state"));
        ExternalIdentityRows.Pending pending = rows.take(providerId, state, browser == null ? "" : browser)
                .orElseThrow(() -> new VpnException(IdentityError.EXTERNAL_SIGN_IN_INVALID));
        try {
            ExternalPerson person = clients.of(provider).personOf(parameters, opened(state, pending.sealed()));
            requireAdmitted(provider, person);
            URI returnTo = absolute(pending.returnTo());
            if (pending.linkUserId().isPresent()) {
                return new Finished.Linked(rows.link(pending.linkUserId().get(), person, origin), returnTo);
            }
            User user = sessions.findUser(rows.admit(person, origin))
                    .orElseThrow(() -> new VpnException(IdentityError.ACCOUNT_NOT_ACTIVE));
            SignInOutcome outcome = provider.secondFactor()
                    ? secondFactors.signedIn(user, provider.method(), deviceToken, origin)
                    : secondFactors.signedInAtOnce(user, provider.method(), deviceToken, origin);
            return new Finished.SignedIn(outcome, returnTo);
        } catch (VpnException e) {
            LOG.log(Level.INFO, "sign-in by {0} refused: {1}", new Object[] {providerId, e.getMessage()});
            if (e.getCause() != null) {
                // What a provider got wrong is for the operator; a client hears the code alone.
                LOG.log(Level.INFO, "because: {0}", e.getCause().toString());
            }
            signIns.refused(providerId, e.code().name(), origin);
            throw e;
        }
    }

    private static void requireAdmitted(OidcProvider provider, ExternalPerson person) {
        if (!provider.allowedDomains().isEmpty()
                && person.email().filter(provider::admits).isEmpty()) {
            throw new VpnException(IdentityError.EMAIL_DOMAIN_NOT_ALLOWED);
        }
        if (!provider.allowedDomains().isEmpty() && !person.emailVerified()) {
            throw new VpnException(IdentityError.PROVIDER_EMAIL_UNVERIFIED);
        }
    }

    private static String only(List<String> values) {
        if (values == null || values.size() != 1) {
            throw new VpnException(IdentityError.EXTERNAL_SIGN_IN_INVALID);
        }
        return values.get(0);
    }

    private URI absolute(String path) {
        try {
            if (RETURN_ADDRESS.matcher(path).matches()) {
                return URI.create(platform.publicUrl() + path);
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw VpnException.ofField(IdentityError.INVALID_RETURN_ADDRESS, "returnTo", null);
    }

    private byte[] sealed(OidcClient.Question question) {
        String text = question.nonce().getValue() + " " + question.verifier().getValue();
        return secrets.seal(
                text.getBytes(StandardCharsets.UTF_8), purpose(question.state().getValue()));
    }

    private OidcClient.Question opened(String state, byte[] sealed) {
        String[] parts = new String(secrets.open(sealed, purpose(state)), StandardCharsets.UTF_8).split(" ");
        return new OidcClient.Question(new State(state), new Nonce(parts[0]), new CodeVerifier(parts[1]));
    }

    private static String purpose(String state) {
        return "external_sign_ins/" + state;
    }
}
