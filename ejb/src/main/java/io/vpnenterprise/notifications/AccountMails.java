package io.vpnenterprise.notifications;

import io.vpnenterprise.identity.AccountLink;
import io.vpnenterprise.identity.AccountLinkMade;
import io.vpnenterprise.identity.AccountLinks;
import io.vpnenterprise.platform.OutboxEvent;
import io.vpnenterprise.platform.PlatformConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;

/** Mails the links that prove an address or set a forgotten password. */
@ApplicationScoped
class AccountMails {

    @Inject
    AccountLinks links;

    @Inject
    Mails mails;

    @Inject
    PlatformConfig platform;

    void mail(@Observes OutboxEvent event) {
        // A link that was used or replaced meanwhile needs no mail.
        event.as(AccountLinkMade.class)
                .flatMap(made -> links.find(made.linkId()))
                .ifPresent(this::mail);
    }

    private void mail(AccountLink link) {
        String type =
                switch (link.purpose()) {
                    case VERIFY_EMAIL -> "verify-email";
                    case CHANGE_EMAIL -> "change-email";
                    case RESET_PASSWORD -> "reset-password";
                };
        mails.send(
                link.email(),
                link.id(),
                type,
                link.userId(),
                link.expiresAt(),
                text(link, link.url(platform.publicUrl())));
    }

    private static MailText text(AccountLink link, String url) {
        String ignore = "If this was not you, you need not do anything.";
        return switch (link.purpose()) {
            case VERIFY_EMAIL ->
                new MailText(
                        "Confirm your e-mail address",
                        List.of(
                                "Somebody signed up to VPN Enterprise with this address. " + ignore,
                                "To confirm, follow:"),
                        url);
            case CHANGE_EMAIL ->
                new MailText(
                        "Confirm your new e-mail address",
                        List.of(
                                "Somebody wants to use this address for an account of VPN Enterprise. " + ignore,
                                "To confirm, follow:"),
                        url);
            case RESET_PASSWORD ->
                new MailText(
                        "Set a new password",
                        List.of(
                                "Somebody asked to set a new password for your account of VPN Enterprise. " + ignore,
                                "To set one, follow within an hour:"),
                        url);
        };
    }
}
