package io.vpnenterprise.notifications;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a webhook's calls are signed with: {@code whsec_} and 32 random bytes in base64, in the form of the Standard
 * Webhooks specification, version 1.
 */
record WebhookSecret(String text) {

    private static final String PREFIX = "whsec_";
    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    static WebhookSecret random() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new WebhookSecret(PREFIX + Base64.getEncoder().encodeToString(bytes));
    }

    /** Standard Webhooks: id, time and body, by the secret's bytes; one signature for each secret that still works. */
    static String standard(List<WebhookSecret> secrets, String id, long timestamp, byte[] body) {
        byte[] head = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
        return secrets.stream()
                .map(secret -> "v1,"
                        + Base64.getEncoder()
                                .encodeToString(hmac(
                                        Base64.getDecoder().decode(secret.text.substring(PREFIX.length())),
                                        head,
                                        body)))
                .collect(Collectors.joining(" "));
    }

    /**
     * The original's: the body alone, by the secret's text. Receivers compare it as a whole, so it is one; while secrets
     * change, the old one's, which all of them have.
     */
    static String original(List<WebhookSecret> secrets, byte[] body) {
        WebhookSecret oldest = secrets.get(secrets.size() - 1);
        return "sha256=" + HexFormat.of().formatHex(hmac(oldest.text.getBytes(StandardCharsets.UTF_8), body));
    }

    private static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return "WebhookSecret[***]";
    }
}
