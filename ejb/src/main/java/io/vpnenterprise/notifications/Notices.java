package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.EmailAddress;
import io.vpnenterprise.identity.Sessions;
import io.vpnenterprise.identity.User;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Tells members of what concerns them: in the application, by push message, and by mail where it matters. */
@ApplicationScoped
class Notices {

    private final Jsonb json = JsonbBuilder.create();

    @Inject
    Notifications notifications;

    @Inject
    Mails mails;

    @Inject
    PushSubscriptions pushSubscriptions;

    @Inject
    Sessions sessions;

    @Inject
    NotificationsConfig config;

    void tell(@Observes OutboxEvent event) {
        if (event.is(AuditEvent.class)) {
            AuditEvent what = json.fromJson(event.payload(), AuditEvent.class);
            Notice.of(what).ifPresent(notice -> tell(notice, what, EventIds.of(event)));
        }
    }

    private void tell(Notice notice, AuditEvent what, UUID eventId) {
        Optional<User> user = sessions.findUser(notice.userId()).filter(found -> found.state() != User.State.DELETED);
        NotificationSettings settings = notifications.settings(notice.userId());
        if (user.isPresent() && settings.wants(notice.category())) {
            notifications.show(notice, eventId, what.at());
        }
        if (user.isPresent() && settings.pushes(notice)) {
            pushSubscriptions.push(notice, eventId, what.target().id());
        }
        if (settings.mails(notice) && notifications.alertsMailed(notice.userId()) < config.alertMailsPerHour()) {
            MailText text = new MailText(notice.title(), notice.body(), null);
            UUID account = user.map(User::id).orElse(null);
            addresses(user, what).forEach(to -> mails.send(to, eventId, "alert", account, null, text));
        }
    }

    /**
     * The account's address now, and the one it had when its owner did this: whoever took an account over and changed its
     * address must not be the only one to hear of it. Of a deleted account, the one it had.
     */
    private static Set<String> addresses(Optional<User> user, AuditEvent what) {
        Set<String> addresses = new LinkedHashSet<>();
        user.map(User::email).ifPresent(addresses::add);
        if (what.subjectId().equals(what.actor().id())) {
            addresses.add(what.actor().name());
        }
        if (user.isEmpty() && what.target().id().equals(what.subjectId().toString())) {
            addresses.add(what.target().name());
        }
        addresses.removeIf(address -> EmailAddress.find(address).isEmpty());
        return addresses;
    }
}
