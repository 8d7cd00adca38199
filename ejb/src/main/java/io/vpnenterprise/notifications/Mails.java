package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.EmailAddress;
import io.vpnenterprise.identity.Role;
import io.vpnenterprise.identity.Sessions;
import io.vpnenterprise.identity.User;
import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Outbox;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Mails: sent through the operator's mail server, or held for an admin to pass on where there is none. */
@Stateless
public class Mails {

    /** A mail with what it says. */
    public record Read(Delivery mail, MailText text) {}

    private record Kept(Delivery mail, Optional<UUID> userId) {}

    @Inject
    Sql sql;

    @Inject
    DeliveryRows rows;

    @Inject
    MailCourier courier;

    @Inject
    NotificationsConfig config;

    @Inject
    Sessions sessions;

    @Inject
    Outbox outbox;

    /**
     * Sends a mail, in the transaction of its reason.
     *
     * @param eventId one mail for each event and address
     * @param type for lists: {@code verify-email}, …, or the action that it tells of
     * @param userId whose account it is about; may be null
     * @param expiresAt when its link is over; null when there is none
     */
    public void send(String to, UUID eventId, String type, UUID userId, OffsetDateTime expiresAt, MailText text) {
        rows.add(
                new DeliveryRows.New(Channel.MAIL, MailCourier.LANE, to, eventId, type, userId, expiresAt),
                courier.written(text),
                config.smtp().isPresent() ? Delivery.State.WAITING : Delivery.State.HELD);
    }

    /** Sends a mail that says that mail works; returns its id. */
    public UUID sendTest(Caller caller, String recipient) {
        String to = EmailAddress.find(recipient)
                .orElseThrow(() -> VpnException.ofField(NotificationsError.INVALID_RECIPIENT, "to", null));
        UUID eventId = UUID.randomUUID();
        send(
                to,
                eventId,
                "test",
                null,
                null,
                new MailText(
                        "Mail works", List.of("This is a test. VPN Enterprise can send mail to this address."), null));
        UUID id = sql.first(
                        "SELECT id FROM deliveries WHERE channel = 'MAIL' AND event_id = ?",
                        row -> Sql.uuid(row, "id"),
                        eventId)
                .orElseThrow();
        outbox.add(AuditEvent.by(caller, "mail.tested").on("mail", id, to));
        return id;
    }

    /** Newest first, without what they say. */
    public Page<Delivery> page(Optional<Delivery.State> state, Page.Request request) {
        return rows.page(Channel.MAIL, Optional.empty(), state, request);
    }

    /**
     * A mail with what it says, which may open an account: reading is an event that its member hears of, and what was
     * written to an admin only a super admin may read.
     */
    public Read read(Caller caller, UUID id) {
        Kept kept = sql.first(
                        "SELECT " + DeliveryRows.COLUMNS + " FROM deliveries WHERE id = ? AND channel = 'MAIL'",
                        row -> new Kept(DeliveryRows.read(row), Optional.ofNullable(Sql.uuid(row, "user_id"))),
                        id)
                .orElseThrow(() -> new VpnException(NotificationsError.MAIL_NOT_FOUND, String.valueOf(id)));
        boolean toAnAdmin =
                kept.userId().flatMap(sessions::findUser).map(User::role).orElse(Role.USER) != Role.USER;
        if (toAnAdmin && !caller.isSuperAdmin()) {
            throw new VpnException(PlatformError.NOT_PERMITTED, "a mail to an admin");
        }
        MailText text = rows.content(id)
                .map(courier::read)
                .orElseThrow(() -> new VpnException(NotificationsError.MAIL_TEXT_GONE, String.valueOf(id)));
        AuditEvent read = AuditEvent.by(caller, "mail.read")
                .of(AuditEvent.Severity.WARNING)
                .on("mail", id, kept.mail().destination())
                .with("type", kept.mail().type());
        outbox.add(kept.userId().map(read::concerning).orElse(read));
        return new Read(kept.mail(), text);
    }
}
