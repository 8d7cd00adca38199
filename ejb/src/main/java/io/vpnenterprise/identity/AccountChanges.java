package io.vpnenterprise.identity;

import io.vpnenterprise.identity.AccountLink.Purpose;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;

/** What people change in their accounts by themselves, with a mailed link or their password: address and password. */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class AccountChanges {

    @Inject
    Passwords passwords;

    @Inject
    AccountRows rows;

    @Inject
    AccountLinks links;

    /** @throws VpnException {@code LINK_INVALID}, {@code EMAIL_TAKEN} */
    public void verifyEmail(String token, Origin origin) {
        rows.verifyEmail(requireToken(token), origin);
    }

    /** Mails a new link for the caller's own address. */
    public void sendVerification(Caller caller) {
        rows.askVerification(caller);
    }

    /** Mails a link for a new password; an address that nobody has is told by neither the answer nor its time. */
    public void forgotPassword(String email, Origin origin) {
        rows.makeResetLink(EmailAddress.canonical(email));
    }

    /**
     * Sets a new password by a mailed link and ends all sessions.
     *
     * @throws VpnException {@code LINK_INVALID}, {@code INVALID_PASSWORD}
     */
    public void resetPassword(String token, String newPassword, Origin origin) {
        if (!links.works(requireToken(token), Purpose.RESET_PASSWORD)) {
            throw new VpnException(IdentityError.LINK_INVALID);
        }
        Passwords.requireAcceptable(newPassword);
        rows.resetPassword(token, passwords.hash(newPassword), origin);
    }

    private static String requireToken(String token) {
        if (token == null || token.isBlank()) {
            throw new VpnException(IdentityError.LINK_INVALID);
        }
        return token;
    }
}
