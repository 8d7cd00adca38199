package io.vpnenterprise.systemtests;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A browser and its push service: takes messages (RFC 8030), answers as told, and decrypts what it took (RFC 8291) with a
 * key that never left it.
 */
final class PushBrowser implements AutoCloseable {

    /** Of a browser that does not listen; its key is the example's of RFC 8291. */
    static final String SUBSCRIPTION = """
            {"endpoint":"http://127.0.0.1:9/%s","keys":{
              "p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
              "auth":"BTBZMqHH6r4Tts7J_aSIgg"}}""";

    /** What came, as it was sent. */
    record Sent(String authorization, String encoding, String ttl, byte[] body) {}

    private final HttpServer server;
    private final ECKey key;
    private final byte[] auth = "sixteen bytes !!".getBytes(StandardCharsets.US_ASCII);
    private final Queue<Integer> answers = new ConcurrentLinkedQueue<>();
    private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();

    PushBrowser() {
        try {
            key = new ECKeyGenerator(Curve.P_256).generate();
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        server.createContext("/", this::take);
        server.start();
    }

    /** The next messages get these answers; all others 201. */
    void answer(Integer... statuses) {
        answers.addAll(Arrays.asList(statuses));
    }

    String origin() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What the browser's {@code PushSubscription.toJSON()} gives. */
    String subscription() {
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        return "{\"endpoint\":\"%s/to/this/browser\",\"keys\":{\"p256dh\":\"%s\",\"auth\":\"%s\"}}"
                .formatted(origin(), base64.encodeToString(point()), base64.encodeToString(auth));
    }

    /** The next message, taken or not. */
    Sent next() {
        try {
            Sent next = sent.poll(60, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("no push message came");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Reads a message as the browser does. */
    String decrypted(Sent message) {
        try {
            ByteBuffer body = ByteBuffer.wrap(message.body());
            byte[] salt = bytes(body, 16);
            body.getInt();
            byte[] theirs = bytes(body, body.get());
            KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
            agreement.init(key.toECPrivateKey());
            agreement.doPhase(keyOf(theirs).toECPublicKey(), true);
            byte[] info = concat("WebPush: info\0".getBytes(StandardCharsets.US_ASCII), point(), theirs);
            byte[] secret = hkdf(auth, agreement.generateSecret(), info, 32);
            byte[] cek = hkdf(salt, secret, "Content-Encoding: aes128gcm\0".getBytes(StandardCharsets.US_ASCII), 16);
            byte[] nonce = hkdf(salt, secret, "Content-Encoding: nonce\0".getBytes(StandardCharsets.US_ASCII), 12);
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(cek, "AES"), new GCMParameterSpec(128, nonce));
            byte[] plain = cipher.doFinal(bytes(body, body.remaining()));
            // Behind the text stands 2, the mark of the last record.
            return new String(plain, 0, plain.length - 1, StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | JOSEException e) {
            throw new AssertionError("the browser cannot read the message", e);
        }
    }

    /** The claims of a message's VAPID token, when the key signed it that the platform published (RFC 8292). */
    static JWTClaimsSet verified(Sent message, String publicKey) {
        try {
            String header = message.authorization();
            String token = header.replaceAll("^vapid t=([^,]+), k=.*$", "$1");
            if (!header.endsWith(", k=" + publicKey)) {
                throw new AssertionError("another key: " + header);
            }
            SignedJWT jwt = SignedJWT.parse(token);
            if (!jwt.verify(new ECDSAVerifier(keyOf(Base64.getUrlDecoder().decode(publicKey))))) {
                throw new AssertionError("the signature does not hold");
            }
            return jwt.getJWTClaimsSet();
        } catch (ParseException | JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            sent.add(new Sent(
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("Content-Encoding"),
                    exchange.getRequestHeaders().getFirst("TTL"),
                    exchange.getRequestBody().readAllBytes()));
            Integer answer = answers.poll();
            exchange.sendResponseHeaders(answer == null ? 201 : answer, -1);
        }
    }

    private byte[] point() {
        return concat(new byte[] {4}, key.getX().decode(), key.getY().decode());
    }

    private static ECKey keyOf(byte[] point) {
        return new ECKey.Builder(
                        Curve.P_256,
                        Base64URL.encode(Arrays.copyOfRange(point, 1, 33)),
                        Base64URL.encode(Arrays.copyOfRange(point, 33, 65)))
                .build();
    }

    private static byte[] hkdf(byte[] salt, byte[] secret, byte[] info, int length) throws GeneralSecurityException {
        return Arrays.copyOf(hmac(hmac(salt, secret), concat(info, new byte[] {1})), length);
    }

    private static byte[] hmac(byte[] key, byte[] data) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(data);
    }

    private static byte[] bytes(ByteBuffer from, int length) {
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private static byte[] concat(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteBuffer whole = ByteBuffer.allocate(length);
        Arrays.stream(parts).forEach(whole::put);
        return whole.array();
    }
}
