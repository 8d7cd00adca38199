package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.Invitation;
import io.vpnenterprise.identity.InvitationMade;
import io.vpnenterprise.identity.Invitations;
import io.vpnenterprise.platform.OutboxEvent;
import io.vpnenterprise.platform.PlatformConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;

/** Mails invitations to organisations. Whoever gets one may have no account. */
@ApplicationScoped
class InvitationMails {

    @Inject
    Invitations invitations;

    @Inject
    Mails mails;

    @Inject
    PlatformConfig platform;

    void mail(@Observes OutboxEvent event) {
        // One that is over meanwhile needs no mail.
        event.as(InvitationMade.class)
                .flatMap(made -> invitations.find(made.invitationId()))
                .ifPresent(this::mail);
    }

    private void mail(Invitation.Link link) {
        Invitation invitation = link.invitation();
        mails.send(
                invitation.email(),
                invitation.id(),
                "invitation",
                null,
                invitation.expiresAt(),
                new MailText(
                        "An invitation to an organisation",
                        List.of(
                                "%s invites you to \"%s\" on VPN Enterprise."
                                        .formatted(
                                                invitation.invitedBy().orElse("Somebody"), invitation.organisation()),
                                "If you know nobody there, you need not do anything. To answer, sign in with this address"
                                        + " and follow, until "
                                        + invitation.expiresAt().toLocalDate() + ":"),
                        link.url(platform.publicUrl())));
    }
}
