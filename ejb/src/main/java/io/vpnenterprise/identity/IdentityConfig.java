package io.vpnenterprise.identity;

import io.vpnenterprise.platform.FeatureConfig;
import io.vpnenterprise.platform.Settings;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Settings of accounts and tokens. */
@ApplicationScoped
public class IdentityConfig implements FeatureConfig {

    private Duration accessTokenLife;
    private Duration sessionLife;
    private Duration signingKeyLead;
    private Duration signingKeyLife;
    private Duration sessionIdle;
    private Duration refreshGrace;
    private int sessionsPerUser;
    private int triesPerAccount;
    private int triesPerKnownDevice;
    private int triesPerAddress;
    private Duration triesWindow;
    private Duration knownDeviceLife;
    private int knownDevicesPerUser;
    private int linkMailsPerHour;
    private Duration verificationLinkLife;
    private Duration resetLinkLife;
    private Duration secondFactorWait;
    private Duration confirmationLife;
    private int codeTries;
    private Duration codeWindow;
    private int apiKeysPerUser;
    private int organisationsPerUser;
    private Duration invitationLife;
    private int invitationsPerDay;
    private String adminEmail;
    private Optional<String> adminPassword;

    @Override
    public void read(Settings settings) {
        // Short, since a verifier of another system may accept it without asking us.
        accessTokenLife = settings.duration(
                "vpn.identity.access-token-life", Duration.ofMinutes(15), Duration.ofSeconds(1), Duration.ofHours(1));
        // Refreshing does not lengthen it: a stolen session ends by itself.
        sessionLife = settings.duration(
                "vpn.identity.session-life", Duration.ofDays(30), Duration.ofMinutes(1), Duration.ofDays(90));
        // Longer than any verifier remembers our key set: MicroProfile JWT's on Payara does for 5 minutes.
        signingKeyLead = settings.duration(
                "vpn.identity.signing-key-lead", Duration.ofMinutes(10), Duration.ofSeconds(2), Duration.ofDays(1));
        // A stolen key is worth something for this long, unless an operator rotates at once.
        signingKeyLife = settings.duration(
                "vpn.identity.signing-key-life", Duration.ofDays(30), Duration.ofHours(1), Duration.ofDays(365));
        // Someone who comes every week stays signed in; a forgotten browser does not. It is known to the minute.
        sessionIdle = settings.duration(
                "vpn.identity.session-idle", Duration.ofDays(14), Duration.ofMinutes(5), Duration.ofDays(90));
        // As long as clients wait for a reply: until then, a used refresh token in a second request is no theft.
        refreshGrace = settings.duration(
                "vpn.identity.refresh-grace", Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(5));
        // More than anybody has browsers and devices; bounds what a program that never signs out leaves behind.
        sessionsPerUser = settings.number("vpn.identity.sessions-per-user", 100, 1, 100_000);
        // A thousand guesses a day: none of the passwords that we accept is among the first thousand tried.
        triesPerAccount = settings.number("vpn.identity.tries-per-account", 10, 1, 1_000);
        // The same for whoever has stolen a device's token.
        triesPerKnownDevice = settings.number("vpn.identity.tries-per-known-device", 10, 1, 1_000);
        // A company's members come from one address; a guesser tries one password at many accounts from it.
        triesPerAddress = settings.number("vpn.identity.tries-per-address", 100, 1, 1_000_000);
        triesWindow = settings.duration(
                "vpn.identity.tries-window", Duration.ofMinutes(15), Duration.ofSeconds(1), Duration.ofDays(1));
        // Since its last sign-in: a device that is used stays known.
        knownDeviceLife = settings.duration(
                "vpn.identity.known-device-life", Duration.ofDays(180), Duration.ofMinutes(1), Duration.ofDays(400));
        // Each is one more set of tries for whoever steals them all.
        knownDevicesPerUser = settings.number("vpn.identity.known-devices-per-user", 10, 1, 100);
        // Anybody can let us write to an address that he does not have.
        linkMailsPerHour = settings.number("vpn.identity.link-mails-per-hour", 5, 1, 1_000);
        // A mail may lie over night in the queue of a mail server, or unread.
        verificationLinkLife = settings.duration(
                "vpn.identity.verification-link-life", Duration.ofHours(24), Duration.ofMinutes(5), Duration.ofDays(7));
        // Whoever reads the mailbox has the account with it, so it works for as long as its owner waits for it.
        resetLinkLife = settings.duration(
                "vpn.identity.reset-link-life", Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofHours(24));
        // Long enough to find the phone; a right password that waits is worth something to a thief.
        secondFactorWait = settings.duration(
                "vpn.identity.second-factor-wait",
                Duration.ofMinutes(5),
                Duration.ofMinutes(1),
                Duration.ofMinutes(15));
        // As long as a member takes to set up what he came for; a stolen session is usually older.
        confirmationLife = settings.duration(
                "vpn.identity.confirmation-life", Duration.ofMinutes(10), Duration.ofMinutes(1), Duration.ofHours(1));
        // Three codes of a million hold at a time: ten tries an hour find one in four years, on average.
        codeTries = settings.number("vpn.identity.code-tries", 10, 3, 100);
        codeWindow = settings.duration(
                "vpn.identity.code-tries-window", Duration.ofHours(1), Duration.ofMinutes(1), Duration.ofDays(1));
        // A bound on what a session left open could make; nobody tends more by hand.
        apiKeysPerUser = settings.number("vpn.identity.api-keys-per-user", 50, 1, 1_000);
        organisationsPerUser = settings.number("vpn.identity.organisations-per-user", 10, 1, 1_000);
        // Long enough for a holiday; a waiting invitation keeps a place.
        invitationLife = settings.duration(
                "vpn.identity.invitation-life", Duration.ofDays(7), Duration.ofMinutes(5), Duration.ofDays(30));
        // Each is a mail to somebody who did not ask for it.
        invitationsPerDay = settings.number("vpn.identity.invitations-per-day", 50, 1, 10_000);
        adminEmail = settings.text("vpn.admin-email", "admin@vpn.local");
        // Makes the first admin, when there is none; ignored afterwards.
        adminPassword = settings.secret("vpn.admin-password");
    }

    Duration accessTokenLife() {
        return accessTokenLife;
    }

    Duration sessionLife() {
        return sessionLife;
    }

    Duration signingKeyLead() {
        return signingKeyLead;
    }

    Duration signingKeyLife() {
        return signingKeyLife;
    }

    Duration sessionIdle() {
        return sessionIdle;
    }

    Duration refreshGrace() {
        return refreshGrace;
    }

    int sessionsPerUser() {
        return sessionsPerUser;
    }

    int triesPerAccount() {
        return triesPerAccount;
    }

    int triesPerKnownDevice() {
        return triesPerKnownDevice;
    }

    int triesPerAddress() {
        return triesPerAddress;
    }

    Duration triesWindow() {
        return triesWindow;
    }

    Duration knownDeviceLife() {
        return knownDeviceLife;
    }

    int knownDevicesPerUser() {
        return knownDevicesPerUser;
    }

    int linkMailsPerHour() {
        return linkMailsPerHour;
    }

    Duration verificationLinkLife() {
        return verificationLinkLife;
    }

    Duration resetLinkLife() {
        return resetLinkLife;
    }

    /** How long a right password waits for the second factor. */
    Duration secondFactorWait() {
        return secondFactorWait;
    }

    /** How long after a sign-in or a confirmation a session may change how its owner signs in. */
    Duration confirmationLife() {
        return confirmationLife;
    }

    /** How many codes of an account may be tried in a {@link #codeWindow}. */
    int codeTries() {
        return codeTries;
    }

    Duration codeWindow() {
        return codeWindow;
    }

    int apiKeysPerUser() {
        return apiKeysPerUser;
    }

    /** How many a member may own. */
    int organisationsPerUser() {
        return organisationsPerUser;
    }

    Duration invitationLife() {
        return invitationLife;
    }

    /** How many a member may send in 24 hours. */
    int invitationsPerDay() {
        return invitationsPerDay;
    }

    String adminEmail() {
        return adminEmail;
    }

    Optional<String> adminPassword() {
        return adminPassword;
    }
}
