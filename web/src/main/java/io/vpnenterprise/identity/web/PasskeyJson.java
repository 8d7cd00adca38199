package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.Passkey;
import java.util.List;

/**
 * What goes to a browser and comes back, in the JSON of W3C Web Authentication (level 3, section 5.1): a page hands it to
 * {@code PublicKeyCredential.parse…OptionsFromJSON()} and sends what {@code credential.toJSON()} gives. Binary values are
 * base64url.
 */
final class PasskeyJson {

    /** For the browser's dialogue; how long a challenge holds is {@code vpn.identity.second-factor-wait}'s to say. */
    private static final int TIMEOUT_MILLIS = 300_000;

    private static final String TYPE = "public-key";

    private PasskeyJson() {}

    /** We, as the browser shows us. */
    public record RelyingPartyEntity(String id, String name) {}

    /** The account, as the browser shows it. */
    public record UserEntity(String id, String name, String displayName) {}

    /** A kind of key: {@code alg} as COSE numbers it (RFC 9053). */
    public record Parameter(String type, int alg) {}

    /** A key that the account has. */
    public record Descriptor(String type, String id, List<String> transports) {
        static List<Descriptor> from(List<Passkey.Descriptor> descriptors) {
            return descriptors.stream()
                    .map(known -> new Descriptor(TYPE, known.credentialId(), known.transports()))
                    .toList();
        }
    }

    /** What we ask of an authenticator: that it finds the key by itself later, and is sure of its owner. */
    public record Selection(String residentKey, boolean requireResidentKey, String userVerification) {}

    /** What a browser makes a passkey by. */
    public record CreationOptions(
            RelyingPartyEntity rp,
            UserEntity user,
            String challenge,
            List<Parameter> pubKeyCredParams,
            int timeout,
            List<Descriptor> excludeCredentials,
            Selection authenticatorSelection,
            String attestation) {
        static CreationOptions from(Passkey.CreationOptions options) {
            return new CreationOptions(
                    new RelyingPartyEntity(options.rpId(), "VPN Enterprise"),
                    new UserEntity(options.userHandle(), options.email(), options.email()),
                    options.challenge(),
                    options.algorithms().stream()
                            .map(algorithm -> new Parameter(TYPE, algorithm))
                            .toList(),
                    TIMEOUT_MILLIS,
                    Descriptor.from(options.existing()),
                    new Selection("required", true, "required"),
                    "none");
        }
    }

    /** What a browser asks for a passkey by; without {@code allowCredentials}, any of this host will do. */
    public record RequestOptions(
            String challenge, int timeout, String rpId, List<Descriptor> allowCredentials, String userVerification) {
        static RequestOptions from(Passkey.RequestOptions options) {
            return new RequestOptions(
                    options.challenge(),
                    TIMEOUT_MILLIS,
                    options.rpId(),
                    Descriptor.from(options.allowed()),
                    options.userVerified() ? "required" : "discouraged");
        }
    }

    /** A passkey that was made. */
    public record Attestation(String id, AttestationResponse response) {}

    /** Its contents, as far as we read them. */
    public record AttestationResponse(String clientDataJSON, String attestationObject, List<String> transports) {}

    /** A signature by a passkey. */
    public record Assertion(String id, AssertionResponse response) {}

    /** Its contents, as far as we read them. */
    public record AssertionResponse(
            String clientDataJSON, String authenticatorData, String signature, String userHandle) {}

    /** What is missing stays null, and is refused where it is read. */
    static Passkey.Attestation attestation(Attestation given) {
        AttestationResponse response = given == null || given.response() == null
                ? new AttestationResponse(null, null, null)
                : given.response();
        return new Passkey.Attestation(response.clientDataJSON(), response.attestationObject(), response.transports());
    }

    /** What is missing stays null, and is refused where it is read. */
    static Passkey.Assertion assertion(Assertion given) {
        if (given == null || given.response() == null) {
            return new Passkey.Assertion(null, null, null, null, null);
        }
        AssertionResponse response = given.response();
        return new Passkey.Assertion(
                given.id(),
                response.clientDataJSON(),
                response.authenticatorData(),
                response.signature(),
                response.userHandle());
    }
}
