package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.Sql;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.UUID;

/**
 * What holds for each invitation, whatever it invites to: who may have one mailed and how many in a day, and its token, which
 * is in the mail alone. All are rows of {@code invitations}.
 */
@ApplicationScoped
public class InvitationTerms {

    @Inject
    Sql sql;

    @Inject
    Secrets secrets;

    @Inject
    CredentialTries tries;

    @Inject
    UserRows users;

    @Inject
    IdentityConfig config;

    /**
     * A token that stands for an invitation.
     *
     * @param sealed for the mail
     */
    public record Token(byte[] hash, byte[] sealed, OffsetDateTime expiresAt) {}

    /** The address as it is compared; refuses what is none. */
    public String address(String email) {
        return EmailAddress.canonical(email);
    }

    /**
     * The mail names the inviter, and goes to whomever he names.
     *
     * @throws VpnException {@code EMAIL_NOT_VERIFIED} of the caller's own address; {@code INVITATION_LIMIT_REACHED}; {@code
     *     TOO_MANY_TRIES} when the invited one got too many mails, from whomever
     */
    public void requireMayMail(Caller caller, String address) {
        sql.first("SELECT 1 FROM users WHERE id = ? AND email_verified_at IS NOT NULL", row -> true, caller.userId())
                .orElseThrow(() -> new VpnException(IdentityError.EMAIL_NOT_VERIFIED));
        // One inviter's requests take turns, over all that he invites to.
        sql.lock("invitations/" + caller.userId());
        long today = sql.first(
                        "SELECT count(*) FROM invitations WHERE invited_by = ? AND created_at > now() - interval '1 day'",
                        row -> row.getLong(1),
                        caller.userId())
                .orElseThrow();
        if (today >= config.invitationsPerDay()) {
            throw new VpnException(
                    IdentityError.INVITATION_LIMIT_REACHED, "at most " + config.invitationsPerDay() + " a day");
        }
        tries.take(CredentialTries.Kind.MAILED_LINK, address).require();
    }

    /** Makes a new invitation's token. */
    public Token newToken(UUID invitationId) {
        String token = secrets.randomToken();
        return new Token(
                Secrets.hash(token),
                secrets.seal(token.getBytes(StandardCharsets.UTF_8), sealedFor(invitationId)),
                OffsetDateTime.now().plus(config.invitationLife()));
    }

    /** The token itself, for the mail. */
    public String open(UUID invitationId, byte[] sealed) {
        return new String(secrets.open(sealed, sealedFor(invitationId)), StandardCharsets.UTF_8);
    }

    /** Keeps the caller's account as it is until the transaction ends: whoever is suspended accepts nothing. */
    public void requireMayAccept(Caller caller) {
        users.requireActive(caller.userId());
    }

    /** Accepted, declined or revoked: its token opens nothing any more. */
    public void end(UUID invitationId) {
        sql.update("UPDATE invitations SET ended_at = now(), sealed_token = NULL WHERE id = ?", invitationId);
    }

    private static String sealedFor(UUID invitationId) {
        return "invitations/" + invitationId;
    }
}
