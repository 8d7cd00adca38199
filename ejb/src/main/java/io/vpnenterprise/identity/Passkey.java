package io.vpnenterprise.identity;

import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A key pair that a browser, phone or security key holds for an account; we have the public half.
 *
 * @param credentialId the authenticator's name for it
 * @param credential the attested credential data (Web Authentication, section 6.5.1), with the public key
 * @param counter of the last signature; 0 when the authenticator does not count
 * @param backupEligible whether it may be copied to other devices of its owner
 * @param transports how a browser reaches it, in its own words
 */
public record Passkey(
        UUID id,
        UUID userId,
        byte[] credentialId,
        byte[] credential,
        long counter,
        boolean backupEligible,
        boolean backedUp,
        List<String> transports,
        String name,
        OffsetDateTime createdAt,
        Optional<OffsetDateTime> lastUsedAt) {

    /** What a browser brings back from making one: base64url, as its {@code toJSON()} writes it. */
    public record Attestation(String clientData, String attestationObject, List<String> transports) {}

    /** What a browser brings back from using one: base64url, as its {@code toJSON()} writes it. */
    public record Assertion(
            String credentialId, String clientData, String authenticatorData, String signature, String userHandle) {}

    /** That a challenge was signed by a key; not kept yet. */
    public record Use(Passkey passkey, long counter, boolean backedUp) {}

    /** Names a key to a browser. */
    public record Descriptor(String credentialId, List<String> transports) {}

    /**
     * What a browser needs to make one.
     *
     * @param algorithms by COSE's numbers (RFC 9053), the best first
     */
    public record CreationOptions(
            String rpId,
            String userHandle,
            String email,
            String challenge,
            List<Integer> algorithms,
            List<Descriptor> existing) {}

    /**
     * What a browser needs to use one.
     *
     * @param allowed those of the account; empty for a sign-in, where any that the browser finds will do
     * @param userVerified whether the authenticator must be sure of its owner: a finger, a face, a PIN
     */
    public record RequestOptions(String rpId, String challenge, List<Descriptor> allowed, boolean userVerified) {}
}
