package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.EmailAddress;
import io.vpnenterprise.identity.Sessions;
import io.vpnenterprise.identity.User;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Metrics;
import io.vpnenterprise.platform.OutboxEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Tells members of what concerns them: in the application, by push message, and by mail where it matters. */
@ApplicationScoped
class Notices {

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

    @Inject
    Metrics metrics;

    void tell(@Observes OutboxEvent event) {
        event.as(AuditEvent.class).ifPresent(what -> whom(what).forEach(member -> Notice.of(what, member)
                .ifPresent(notice -> tell(notice, what, EventIds.of(event)))));
    }

    private List<UUID> whom(AuditEvent what) {
        return Notice.isForSuperAdmins(what)
                ? sessions.superAdmins()
                : Optional.ofNullable(what.subjectId()).stream().toList();
    }

    private void tell(Notice notice, AuditEvent what, UUID eventId) {
        Optional<User> user = sessions.findUser(notice.userId()).filter(found -> found.state() != User.State.DELETED);
        NotificationSettings settings = notifications.settings(notice.userId());
        if (user.isPresent() && settings.shows(notice)) {
            notifications.show(notice, eventId, what.at());
        }
        if (user.isPresent() && settings.pushes(notice)) {
            pushSubscriptions.push(notice, eventId, what.target().id());
        }
        if (settings.mails(notice)) {
            mail(notice, what, eventId, user);
        }
    }

    /** Each kind has its own bound: whoever makes many of one must not silence another. */
    private void mail(Notice notice, AuditEvent what, UUID eventId, Optional<User> user) {
        boolean daily = notice.mail() == Notice.Mail.DAILY;
        int before = notifications.mailed(
                notice.userId(), notice.action(), daily ? Duration.ofDays(1) : Duration.ofHours(1));
        if (before >= (daily ? 1 : config.alertMailsPerHour())) {
            metrics.countDelivery(Channel.MAIL.label(), "dropped");
            return;
        }
        MailText text = new MailText(notice.title(), List.of(notice.body()), null);
        UUID account = user.map(User::id).orElse(null);
        addresses(notice, user, what).forEach(to -> mails.send(to, eventId, notice.action(), account, null, text));
    }

    /**
     * The account's address now, and the one it had when its owner did this: whoever took an account over and changed its
     * address must not be the only one to hear of it. Of a deleted account, the one it had.
     */
    private static Set<String> addresses(Notice notice, Optional<User> user, AuditEvent what) {
        Set<String> addresses = new HashSet<>();
        user.map(User::email).ifPresent(addresses::add);
        if (notice.userId().equals(what.actor().id())) {
            addresses.add(what.actor().name());
        }
        if (user.isEmpty() && what.target().id().equals(notice.userId().toString())) {
            addresses.add(what.target().name());
        }
        return addresses.stream()
                .flatMap(address -> EmailAddress.find(address).stream())
                .collect(Collectors.toSet());
    }
}
