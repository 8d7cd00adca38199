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
    Confirmations confirmations;

    @Inject
    Passwords passwords;

    @Inject
    SignInRows signIns;

    @Inject
    AccountRows rows;

    @Inject
    AccountLinks links;

    /** @throws VpnException {@code LINK_INVALID}, {@code EMAIL_TAKEN}, {@code TOO_MANY_TRIES} */
    public void verifyEmail(String token, Origin origin) {
        signIns.takeFromAddress(origin).require();
        rows.verifyEmail(requireToken(token), origin);
    }

    /**
     * Mails a new link for the caller's own address.
     *
     * @throws VpnException {@code TOO_MANY_TRIES}
     */
    public void sendVerification(Caller caller) {
        rows.askVerification(caller);
    }

    /**
     * Mails a link for a new password; an address that nobody has is told by neither the answer nor its time.
     *
     * @throws VpnException {@code INVALID_EMAIL}; {@code TOO_MANY_TRIES} for the network address
     */
    public void forgotPassword(String email, Origin origin) {
        String address = EmailAddress.canonical(email);
        signIns.takeFromAddress(origin).require();
        rows.makeResetLink(address, origin);
    }

    /**
     * Sets a new password by a mailed link and ends all sessions.
     *
     * @param deviceToken of an earlier sign-in on this device; may be null
     * @return what the device is known by at its next sign-in
     * @throws VpnException {@code LINK_INVALID}, {@code INVALID_PASSWORD}, {@code COMMON_PASSWORD}, {@code TOO_MANY_TRIES}
     */
    public String resetPassword(String token, String newPassword, String deviceToken, Origin origin) {
        signIns.takeFromAddress(origin).require();
        String email = links.recipient(requireToken(token), Purpose.RESET_PASSWORD)
                .orElseThrow(() -> new VpnException(IdentityError.LINK_INVALID));
        Passwords.requireAcceptable(newPassword, email, "newPassword");
        return rows.resetPassword(token, passwords.hash(newPassword), deviceToken, origin);
    }

    /**
     * Sets the caller's password; his other sessions end.
     *
     * @throws VpnException {@code CONFIRMATION_WRONG}, {@code INVALID_PASSWORD}, {@code COMMON_PASSWORD}, {@code TOO_MANY_CODES}
     */
    public void changePassword(Caller caller, String currentPassword, String newPassword) {
        Passwords.requireAcceptable(newPassword, caller.email(), "newPassword");
        String hash = confirmations.requirePassword(caller, currentPassword, "currentPassword");
        rows.changePassword(caller, hash, passwords.hash(newPassword));
    }

    /**
     * Asks a new address, by a mail, whether the account may move there. Whether somebody else has it is not told here.
     *
     * @throws VpnException {@code CONFIRMATION_WRONG}, {@code INVALID_EMAIL}, {@code TOO_MANY_TRIES}, {@code TOO_MANY_CODES}
     */
    public void changeEmail(Caller caller, String password, String newEmail) {
        String address = EmailAddress.canonical(newEmail);
        String hash = confirmations.requirePassword(caller, password, "password");
        rows.askNewEmail(caller, hash, address);
    }

    private static String requireToken(String token) {
        if (token == null || token.isBlank()) {
            throw new VpnException(IdentityError.LINK_INVALID);
        }
        return token;
    }
}
