package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * Keys that an account has in its owner's devices. One alone signs in, by what the owner has and what he is or knows; beside
 * a password it is the second factor.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Passkeys {

    private static final Logger LOG = Logger.getLogger(Passkeys.class.getName());

    private static final int MAX_NAME_LENGTH = 64;
    private static final int MAX_TRANSPORTS = 8;

    /** {@code usb}, {@code nfc}, {@code hybrid}, …: the list is open (Web Authentication, section 5.8.4). */
    private static final Pattern TRANSPORT = Pattern.compile("[a-z-]{1,16}");

    /**
     * A key that was added.
     *
     * @param recoveryCodes shown this once, when this is the account's first second factor; else empty
     */
    public record Added(Passkey passkey, List<String> recoveryCodes) {}

    private final SecureRandom random = new SecureRandom();

    @Inject
    PasskeyRows rows;

    @Inject
    RelyingParty relyingParty;

    @Inject
    Confirmations confirmations;

    @Inject
    TokenIssuer tokens;

    // The owner's

    public Page<Passkey> page(Caller caller, Page.Request request) {
        return rows.page(caller.userId(), request);
    }

    /** What a browser makes a key by. */
    public Passkey.CreationOptions creationOptions(Caller caller) {
        confirmations.requireRecent(caller);
        return new Passkey.CreationOptions(
                relyingParty.id(),
                RelyingParty.userHandle(caller.userId()),
                caller.email(),
                rows.addChallenge(caller.userId()),
                RelyingParty.algorithms(),
                descriptors(rows.all(caller.userId())));
    }

    /** @throws VpnException {@code PASSKEY_INVALID}, {@code PASSKEY_KNOWN}, {@code PASSKEY_LIMIT_REACHED} */
    public Added add(Caller caller, String name, Passkey.Attestation attestation) {
        String checked = requireName(name);
        String challenge = relyingParty
                .challengeOf(attestation)
                .filter(signed -> rows.takeChallenge(signed)
                        .flatMap(PasskeyRows.Taken::userId)
                        .filter(caller.userId()::equals)
                        .isPresent())
                .orElseThrow(() -> new VpnException(IdentityError.PASSKEY_INVALID));
        RelyingParty.Made made = relyingParty
                .made(attestation, challenge)
                .orElseThrow(() -> new VpnException(IdentityError.PASSKEY_INVALID));
        Passkey passkey = new Passkey(
                UUID.randomUUID(),
                caller.userId(),
                made.credentialId(),
                made.credential(),
                made.counter(),
                made.backupEligible(),
                made.backedUp(),
                known(attestation.transports()),
                checked,
                OffsetDateTime.now(),
                Optional.empty());
        List<String> codes = RecoveryCodes.make(random);
        boolean first = rows.add(caller, passkey, codes);
        LOG.log(Level.INFO, "user {0} added passkey {1}", new Object[] {caller.userId(), passkey.id()});
        return new Added(passkey, first ? codes : List.of());
    }

    public Passkey rename(Caller caller, UUID id, String name) {
        String checked = requireName(name);
        rows.rename(caller, require(caller, id), checked);
        return require(caller, id);
    }

    public void remove(Caller caller, UUID id) {
        Passkey passkey = require(caller, id);
        confirmations.requireRecent(caller);
        rows.remove(caller, passkey);
        LOG.log(Level.INFO, "user {0} removed passkey {1}", new Object[] {caller.userId(), id});
    }

    private Passkey require(Caller caller, UUID id) {
        return rows.find(caller.userId(), id)
                .orElseThrow(() -> new VpnException(IdentityError.PASSKEY_NOT_FOUND, id.toString()));
    }

    // Sign-in

    /** What a browser signs in by; the same for everybody, so it tells nothing about accounts. */
    public Passkey.RequestOptions signInOptions() {
        return new Passkey.RequestOptions(relyingParty.id(), rows.addChallenge(null), List.of(), true);
    }

    /**
     * Signs in whose key this is; asks for no password and no second factor, since it is two factors by itself.
     *
     * @param deviceToken of an earlier sign-in on this device; may be null
     */
    public SignIn signIn(Passkey.Assertion assertion, String deviceToken, Origin origin) {
        String challenge = relyingParty
                .challengeOf(assertion)
                .filter(signed -> rows.takeChallenge(signed)
                        .filter(taken -> taken.userId().isEmpty())
                        .isPresent())
                .orElseThrow(Passkeys::refused);
        Passkey.Use use = proved(assertion, challenge, true, origin)
                .filter(proved -> RelyingParty.userOf(assertion)
                        .filter(proved.passkey().userId()::equals)
                        .isPresent())
                .orElseThrow(Passkeys::refused);
        return tokens.issue(rows.open(use, deviceToken, origin).orElseThrow(Passkeys::refused));
    }

    // Second factor

    /** What a browser answers the challenge of a second factor by. */
    public Passkey.RequestOptions secondFactorOptions(UUID userId, String challenge) {
        return new Passkey.RequestOptions(relyingParty.id(), challenge, descriptors(rows.all(userId)), false);
    }

    /** Whether a key of this user signed the challenge. He has given his password already, so a touch is enough. */
    public Optional<Passkey.Use> proveSecondFactor(
            UUID userId, Passkey.Assertion assertion, String challenge, Origin origin) {
        return proved(assertion, challenge, false, origin)
                .filter(use -> use.passkey().userId().equals(userId));
    }

    private Optional<Passkey.Use> proved(
            Passkey.Assertion assertion, String challenge, boolean userVerified, Origin origin) {
        Optional<Passkey> found = RelyingParty.credentialId(assertion).flatMap(rows::find);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Passkey passkey = found.get();
        Optional<RelyingParty.Signed> signed = relyingParty.signed(passkey, assertion, challenge, userVerified);
        if (signed.isPresent() && signed.get().counterWentBack()) {
            LOG.log(Level.WARNING, "passkey {0} of user {1} counts backwards", new Object[] {
                passkey.id(), passkey.userId()
            });
            rows.refusedCopy(passkey, signed.get().counter(), origin);
            return Optional.empty();
        }
        return signed.map(by -> new Passkey.Use(passkey, by.counter(), by.backedUp()));
    }

    private static VpnException refused() {
        return new VpnException(IdentityError.PASSKEY_REFUSED);
    }

    private static List<Passkey.Descriptor> descriptors(List<Passkey> passkeys) {
        return passkeys.stream()
                .map(passkey ->
                        new Passkey.Descriptor(RelyingParty.encode(passkey.credentialId()), passkey.transports()))
                .toList();
    }

    private static List<String> known(List<String> transports) {
        return transports == null
                ? List.of()
                : transports.stream()
                        .filter(transport -> transport != null
                                && TRANSPORT.matcher(transport).matches())
                        .limit(MAX_TRANSPORTS)
                        .toList();
    }

    private static String requireName(String name) {
        String stripped = name == null ? "" : name.strip();
        if (stripped.isEmpty()
                || stripped.length() > MAX_NAME_LENGTH
                || stripped.chars().anyMatch(Character::isISOControl)) {
            throw VpnException.ofField(IdentityError.INVALID_PASSKEY_NAME, "name", null);
        }
        return stripped;
    }
}
