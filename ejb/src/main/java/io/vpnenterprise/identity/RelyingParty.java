package io.vpnenterprise.identity;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.RegistrationRequest;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import com.webauthn4j.verifier.exception.VerificationException;
import io.vpnenterprise.platform.PlatformConfig;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks what authenticators sign, as the relying party of W3C Web Authentication (level 3, sections 7.1 and 7.2). Knows no
 * rows and keeps nothing. Which make an authenticator is of, nobody asks it: its attestation is not looked at. Thread-safe.
 */
@ApplicationScoped
class RelyingParty {

    private static final Logger LOG = Logger.getLogger(RelyingParty.class.getName());

    /** In the order of our preference; every authenticator has one of them. */
    private static final List<COSEAlgorithmIdentifier> ALGORITHMS =
            List.of(COSEAlgorithmIdentifier.ES256, COSEAlgorithmIdentifier.RS256);

    private static final List<PublicKeyCredentialParameters> PARAMETERS = ALGORITHMS.stream()
            .map(algorithm -> new PublicKeyCredentialParameters(PublicKeyCredentialType.PUBLIC_KEY, algorithm))
            .toList();

    private final ObjectConverter converter = new ObjectConverter();
    private final WebAuthnManager webAuthn = WebAuthnManager.createNonStrictWebAuthnManager(converter);
    private final AttestedCredentialDataConverter credentials = new AttestedCredentialDataConverter(converter);

    @Inject
    PlatformConfig platform;

    /** Of a new key, what is kept. */
    record Made(byte[] credentialId, byte[] credential, long counter, boolean backupEligible, boolean backedUp) {}

    /**
     * What a signature said.
     *
     * @param counterWentBack the signature is right, but the authenticator has counted further before: there are two of it
     */
    record Signed(long counter, boolean backedUp, boolean counterWentBack) {}

    /** By COSE's numbers, in the order of our preference. */
    static List<Integer> algorithms() {
        return ALGORITHMS.stream().map(algorithm -> (int) algorithm.getValue()).toList();
    }

    /** A key is made for this host's name, and works at no other. */
    String id() {
        return URI.create(platform.publicUrl()).getHost();
    }

    /** The challenge that was signed, to be looked up before anything is believed; empty when it cannot be read. */
    Optional<String> challengeOf(Passkey.Attestation attestation) {
        return read(() -> challengeOf(parse(attestation).getCollectedClientData()));
    }

    /** As the other. */
    Optional<String> challengeOf(Passkey.Assertion assertion) {
        return read(() -> challengeOf(parse(assertion).getCollectedClientData()));
    }

    /** The key's name with the authenticator; empty when it cannot be read. */
    static Optional<byte[]> credentialId(Passkey.Assertion assertion) {
        return read(() -> decode(assertion.credentialId()));
    }

    /** Whom the authenticator says the key is of; empty when it says nothing. */
    static Optional<UUID> userOf(Passkey.Assertion assertion) {
        return assertion.userHandle() == null
                ? Optional.empty()
                : read(() -> {
                    ByteBuffer bytes = ByteBuffer.wrap(decode(assertion.userHandle()));
                    return new UUID(bytes.getLong(), bytes.getLong());
                });
    }

    /** The bytes by which an authenticator knows an account: its id, which says nothing about the person. */
    static String userHandle(UUID userId) {
        return encode(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(userId.getMostSignificantBits())
                .putLong(userId.getLeastSignificantBits())
                .array());
    }

    static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Empty when the answer to the challenge does not hold. */
    Optional<Made> made(Passkey.Attestation attestation, String challenge) {
        return read(() -> {
            RegistrationData data = parse(attestation);
            webAuthn.verify(data, new RegistrationParameters(server(challenge), PARAMETERS, true, true));
            AuthenticatorData<?> authenticator = data.getAttestationObject().getAuthenticatorData();
            return new Made(
                    authenticator.getAttestedCredentialData().getCredentialId(),
                    credentials.convert(authenticator.getAttestedCredentialData()),
                    authenticator.getSignCount(),
                    authenticator.isFlagBE(),
                    authenticator.isFlagBS());
        });
    }

    /**
     * Empty when the answer to the challenge does not hold.
     *
     * @param userVerified whether the authenticator must have been sure of its owner
     */
    Optional<Signed> signed(Passkey passkey, Passkey.Assertion assertion, String challenge, boolean userVerified) {
        return read(() -> {
            AuthenticationData data = parse(assertion);
            CredentialRecordImpl known = new CredentialRecordImpl(
                    null,
                    true,
                    passkey.backupEligible(),
                    passkey.backedUp(),
                    passkey.counter(),
                    credentials.convert(passkey.credential()),
                    null,
                    null,
                    null,
                    null);
            boolean counterWentBack = false;
            try {
                webAuthn.verify(
                        data,
                        new AuthenticationParameters(
                                server(challenge), known, List.of(passkey.credentialId()), userVerified, true));
            } catch (MaliciousCounterValueException e) {
                // The last of the checks: all others held.
                counterWentBack = true;
            }
            return new Signed(
                    data.getAuthenticatorData().getSignCount(),
                    data.getAuthenticatorData().isFlagBS(),
                    counterWentBack);
        });
    }

    private ServerProperty server(String challenge) {
        Set<Origin> origins = Stream.concat(Stream.of(platform.publicUrl()), platform.allowedOrigins().stream())
                .map(Origin::new)
                .collect(Collectors.toSet());
        return ServerProperty.builder()
                .origins(origins)
                .rpId(id())
                .challenge(new DefaultChallenge(challenge))
                .build();
    }

    private RegistrationData parse(Passkey.Attestation attestation) {
        return webAuthn.parse(
                new RegistrationRequest(decode(attestation.attestationObject()), decode(attestation.clientData())));
    }

    private AuthenticationData parse(Passkey.Assertion assertion) {
        return webAuthn.parse(new AuthenticationRequest(
                decode(assertion.credentialId()),
                assertion.userHandle() == null ? null : decode(assertion.userHandle()),
                decode(assertion.authenticatorData()),
                decode(assertion.clientData()),
                decode(assertion.signature())));
    }

    private static String challengeOf(CollectedClientData clientData) {
        return encode(clientData.getChallenge().getValue());
    }

    private static byte[] decode(String base64url) {
        return Base64.getUrlDecoder().decode(base64url);
    }

    /** What is read is a stranger's: whatever goes wrong with it means that it does not hold. */
    private static <T> Optional<T> read(Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (RuntimeException e) {
            LOG.log(e instanceof VerificationException ? Level.INFO : Level.FINE, "passkey refused: {0}", e.toString());
            return Optional.empty();
        }
    }
}
