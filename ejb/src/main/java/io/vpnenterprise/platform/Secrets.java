package io.vpnenterprise.platform;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what must not lie open in the database: AES-256-GCM (NIST SP 800-38D) under the master key, bound to a purpose
 * so that a sealed value moved to another row or column does not open. Thread-safe.
 *
 * <p>Layout: one byte of version, 12 bytes of nonce, ciphertext with a tag of 16 bytes.
 */
@ApplicationScoped
public class Secrets {

    private static final byte VERSION = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final String CANARY = "vpn-enterprise";

    private final SecureRandom random = new SecureRandom();

    @Inject
    PlatformConfig config;

    @Inject
    Sql sql;

    /** Seals under the master key. The purpose names table, column and row. */
    public byte[] seal(byte[] plain, String purpose) {
        return seal(config.masterKey(), plain, purpose);
    }

    /**
     * @throws IllegalStateException when the value was sealed under another key or for another purpose, or was altered
     */
    public byte[] open(byte[] sealed, String purpose) {
        return open(config.masterKey(), sealed, purpose);
    }

    /** Seals under the master key and a ticket together: the database and the key file alone do not open it. */
    public byte[] sealWithTicket(byte[] plain, String ticket, String purpose) {
        return seal(ticketKey(ticket), plain, purpose);
    }

    /** Opens what {@link #sealWithTicket} sealed. */
    public byte[] openWithTicket(byte[] sealed, String ticket, String purpose) {
        return open(ticketKey(ticket), sealed, purpose);
    }

    /**
     * A keyed hash of 32 bytes: HMAC-SHA-256 (RFC 2104) under a key of its own for each purpose, derived from the master
     * key. Nobody without that key can make one or test a guess.
     */
    public byte[] mac(String text, String purpose) {
        return mac(derivedKey("mac/" + purpose), text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * A key of 256 bits for one purpose: HMAC-SHA-256 of the purpose's UTF-8 text under the master key. Whoever has only the
     * database cannot make it.
     */
    public byte[] derivedKey(String purpose) {
        return mac(config.masterKey(), purpose.getBytes(StandardCharsets.UTF_8));
    }

    /** HMAC-SHA-256 (RFC 2104). */
    public static byte[] mac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    /** {@link #mac(String, String)} as a text, safe in a URL: a token that only we can make, and make again. */
    public String macToken(String text, String purpose) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(mac(text, purpose));
    }

    /** A random text of 256 bits, safe in a URL. */
    public String randomToken() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What is stored of a random token: it has 256 bits, so one round of SHA-256 keeps it. */
    public static byte[] hash(String token) {
        return sha256(token.getBytes(StandardCharsets.UTF_8));
    }

    /** Refuses to start with a master key that does not open what an earlier start sealed. */
    void requireOpensWhatIsStored() {
        sql.update("INSERT INTO master_key_canary (id, sealed) VALUES (1, ?) ON CONFLICT (id) DO NOTHING", (Object)
                seal(CANARY.getBytes(StandardCharsets.UTF_8), "master_key_canary"));
        byte[] sealed = sql.first("SELECT sealed FROM master_key_canary WHERE id = 1", row -> row.getBytes(1))
                .orElseThrow();
        try {
            open(sealed, "master_key_canary");
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "the master key is not the one this database was sealed with; restore the right key file", e);
        }
    }

    private byte[] ticketKey(String ticket) {
        byte[] ticketBytes = ticket.getBytes(StandardCharsets.UTF_8);
        byte[] master = config.masterKey();
        byte[] both = Arrays.copyOf(master, master.length + ticketBytes.length);
        System.arraycopy(ticketBytes, 0, both, master.length, ticketBytes.length);
        return sha256(both);
    }

    private byte[] seal(byte[] key, byte[] plain, String purpose) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, nonce, purpose);
            byte[] sealed = cipher.doFinal(plain);
            return ByteBuffer.allocate(1 + NONCE_BYTES + sealed.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(sealed)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not to be had", e);
        }
    }

    private static byte[] open(byte[] key, byte[] sealed, String purpose) {
        if (sealed.length < 1 + NONCE_BYTES + TAG_BITS / 8 || sealed[0] != VERSION) {
            throw new IllegalStateException("not a sealed value, for " + purpose);
        }
        byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES);
        try {
            return cipher(Cipher.DECRYPT_MODE, key, nonce, purpose)
                    .doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw new IllegalStateException("sealed under another key or for another purpose: " + purpose, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is not to be had", e);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, String purpose) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
