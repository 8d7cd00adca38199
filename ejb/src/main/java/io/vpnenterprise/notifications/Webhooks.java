package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.Confirmations;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.UUID;
import java.util.regex.Pattern;

/** Adds and changes webhooks: looks the URL's name up, which takes its time, outside any transaction. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Webhooks {

    private static final Pattern DESCRIPTION = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{0,200}");

    @Inject
    WebhookRows rows;

    @Inject
    OutsideUrls urls;

    @Inject
    Confirmations confirmations;

    public Webhook.WithSecret add(Caller caller, Webhook.Realm realm, Webhook.Spec spec) {
        requireRecent(caller, realm);
        requireValid(spec);
        return rows.add(caller, realm, spec);
    }

    public Webhook change(Caller caller, Webhook.Realm realm, UUID id, Webhook.Spec spec) {
        rows.require(caller, realm, id);
        requireRecent(caller, realm);
        requireValid(spec);
        return rows.change(caller, realm, id, spec);
    }

    /** A thief's webhook would outlive the session that he stole. */
    private void requireRecent(Caller caller, Webhook.Realm realm) {
        if (realm == Webhook.Realm.OWN) {
            confirmations.requireRecent(caller);
        }
    }

    private void requireValid(Webhook.Spec spec) {
        URI url = urls.read(spec.url())
                .orElseThrow(() -> VpnException.ofField(NotificationsError.INVALID_WEBHOOK_URL, "url", null));
        if (!WebhookEvents.isChoice(spec.events())) {
            throw VpnException.ofField(NotificationsError.INVALID_WEBHOOK_EVENTS, "events", null);
        }
        if (!DESCRIPTION.matcher(spec.description()).matches()) {
            throw VpnException.ofField(NotificationsError.INVALID_WEBHOOK_DESCRIPTION, "description", null);
        }
        try {
            // Looked at again at each call; here it spares the owner a surprise.
            urls.addresses(url.getHost());
        } catch (UnknownHostException e) {
            throw VpnException.ofField(NotificationsError.INVALID_WEBHOOK_URL, "url", null);
        }
    }
}
