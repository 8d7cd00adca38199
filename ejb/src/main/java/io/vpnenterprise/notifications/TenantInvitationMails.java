package io.vpnenterprise.notifications;

import io.vpnenterprise.platform.OutboxEvent;
import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.tenants.TenantInvitation;
import io.vpnenterprise.tenants.TenantInvitationMade;
import io.vpnenterprise.tenants.TenantInvitations;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;

/** Mails invitations to tenants. Whoever gets one may have no account. */
@ApplicationScoped
class TenantInvitationMails {

    @Inject
    TenantInvitations invitations;

    @Inject
    Mails mails;

    @Inject
    PlatformConfig platform;

    void mail(@Observes OutboxEvent event) {
        // One that is over meanwhile needs no mail.
        event.as(TenantInvitationMade.class)
                .flatMap(made -> invitations.find(made.invitationId()))
                .ifPresent(this::mail);
    }

    private void mail(TenantInvitation.Link link) {
        TenantInvitation invitation = link.invitation();
        mails.send(
                invitation.email(),
                invitation.id(),
                "tenant-invitation",
                null,
                invitation.expiresAt(),
                new MailText(
                        "An invitation to a database",
                        List.of(
                                "%s invites you to the database \"%s\" on VPN Enterprise, as %s."
                                        .formatted(
                                                invitation.invitedBy().orElse("Somebody"),
                                                invitation.tenant(),
                                                invitation.role().label()),
                                "If you know nobody there, you need not do anything. To answer, sign in with this address"
                                        + " and follow, until "
                                        + invitation.expiresAt().toLocalDate() + ":"),
                        link.url(platform.publicUrl())));
    }
}
