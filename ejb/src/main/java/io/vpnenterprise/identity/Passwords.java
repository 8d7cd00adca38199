package io.vpnenterprise.identity;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Hashes passwords with Argon2id (RFC 9106), in the PHC string form.
 *
 * <p>Each hash costs 19 MiB and tens of milliseconds of a core, so as many run at once as there are cores, a bounded
 * number waits, and the rest is refused with 503: a flood of sign-ins must not starve everything else. Thread-safe.
 */
@ApplicationScoped
class Passwords {

    /** OWASP's first choice for Argon2id: 19 MiB, 2 passes, 1 lane. */
    private static final int MEMORY_KIB = 19_456;

    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final String PREFIX = "$argon2id$v=19$m=%d,t=%d,p=%d$".formatted(MEMORY_KIB, PASSES, LANES);
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;

    static final int MIN_LENGTH = 8;

    /** A hash that no password has, as far as anybody can find one: comparing with it costs what any comparison costs. */
    static final String NOBODYS = PREFIX + "A".repeat(22) + "$" + "A".repeat(43);

    private static final int MAX_LENGTH = 256;

    private static final int MAX_WAITING = 64;
    private static final long MAX_WAIT_SECONDS = 5;

    private final SecureRandom random = new SecureRandom();
    private final Semaphore permits = new Semaphore(Runtime.getRuntime().availableProcessors(), true);
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param email of the account that it is for: it is no password, and neither is the part before the @
     * @param field of the request
     * @throws VpnException {@code INVALID_PASSWORD}, {@code COMMON_PASSWORD}
     */
    static void requireAcceptable(String password, String email, String field) {
        if (password == null || password.length() < MIN_LENGTH || password.length() > MAX_LENGTH) {
            throw VpnException.ofField(IdentityError.INVALID_PASSWORD, field, null);
        }
        String localPart = email.substring(0, email.indexOf('@'));
        if (CommonPasswords.contains(password)
                || password.equalsIgnoreCase(email)
                || password.equalsIgnoreCase(localPart)) {
            throw VpnException.ofField(IdentityError.COMMON_PASSWORD, field, null);
        }
    }

    String hash(String password) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] hash = withPermit(() -> argon2(password, salt, MEMORY_KIB, PASSES, LANES));
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return PREFIX + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
    }

    boolean matches(String password, String phc) {
        String[] parts = phc.split("[$]");
        String[] costs = parts[3].split("[=,]");
        byte[] salt = Base64.getDecoder().decode(parts[4]);
        byte[] expected = Base64.getDecoder().decode(parts[5]);
        byte[] actual = withPermit(() -> argon2(
                password, salt, Integer.parseInt(costs[1]), Integer.parseInt(costs[3]), Integer.parseInt(costs[5])));
        return MessageDigest.isEqual(expected, actual);
    }

    /** Whether a hash was made with less effort than today's. */
    static boolean isOutdated(String phc) {
        String[] costs = phc.split("[$]")[3].split("[=,]");
        return Integer.parseInt(costs[1]) * Integer.parseInt(costs[3]) < MEMORY_KIB * PASSES;
    }

    private <T> T withPermit(Supplier<T> work) {
        if (waiting.incrementAndGet() > MAX_WAITING) {
            waiting.decrementAndGet();
            throw new VpnException(PlatformError.TOO_BUSY);
        }
        boolean permitted = false;
        try {
            permitted = permits.tryAcquire(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.decrementAndGet();
        }
        if (!permitted) {
            throw new VpnException(PlatformError.TOO_BUSY);
        }
        try {
            return work.get();
        } finally {
            permits.release();
        }
    }

    private static byte[] argon2(String password, byte[] salt, int memory, int passes, int lanes) {
        Argon2BytesGenerator generator = new Argon2BytesGenerator();
        generator.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .build());
        byte[] hash = new byte[HASH_BYTES];
        generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
        return hash;
    }
}
