package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against real sockets that answer what a well-behaved server would not. */
class HttpPostTest {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final BlockingQueue<String> requests = new ArrayBlockingQueue<>(10);
    private ServerSocket server;
    private ScheduledExecutorService clock;

    @BeforeEach
    void start() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        clock = Executors.newSingleThreadScheduledExecutor();
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        clock.shutdownNow();
    }

    @Test
    void postsAndReadsTheAnswer() throws IOException, InterruptedException {
        answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");

        HttpPost.Answer answer = send("any");

        assertThat(answer).isEqualTo(new HttpPost.Answer(200, "ok"));
        assertThat(requests.poll(5, TimeUnit.SECONDS))
                .startsWith("POST /hook?a=b HTTP/1.1\r\nHost: 127.0.0.1:" + server.getLocalPort() + "\r\n")
                .contains("\r\nContent-Length: 5\r\n", "\r\nX-Test: yes\r\n")
                .endsWith("\r\n\r\nhello");
    }

    @Test
    void readsChunks() throws IOException {
        answering("HTTP/1.1 500 no\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

        assertThat(send("any")).isEqualTo(new HttpPost.Answer(500, "abcde"));
    }

    @Test
    void readsChunksUpToOneThatIsNone() throws IOException {
        answering("HTTP/1.1 500 no\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n-5\r\nde\r\n0\r\n\r\n");

        assertThat(send("any")).isEqualTo(new HttpPost.Answer(500, "abc"));
    }

    @Test
    void doesNotFollowARedirect() throws IOException {
        answering("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n");

        assertThat(send("any").status()).isEqualTo(302);
    }

    @Test
    void readsSomeOfAnEndlessAnswer() throws IOException {
        answering("HTTP/1.1 200 OK\r\n\r\n" + "x".repeat(1_000_000));

        assertThat(send("any").body().length()).isBetween(1_000, 8_192);
    }

    @Test
    void endsAtTheDeadlineThoughBytesTrickle() {
        answering("HTTP/1.1 200 OK\r\nX: " + "y".repeat(50), 100);

        long began = System.nanoTime();
        assertThatThrownBy(() -> send("any")).hasMessage("no answer within 2 s");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(DEADLINE.multipliedBy(2));
    }

    @Test
    void saysWhatIsNoHttp() {
        answering("SSH-2.0-OpenSSH_9.2\r\n");

        assertThatThrownBy(() -> send("any")).hasMessage("the answer is not HTTP");
    }

    @Test
    void doesNotEvenConnectToOurOwnNetwork() throws IOException {
        assertThatThrownBy(() -> send("public")).isInstanceOf(UnknownHostException.class);

        server.setSoTimeout(200);
        assertThatThrownBy(() -> server.accept()).isInstanceOf(java.net.SocketTimeoutException.class);
    }

    private HttpPost.Answer send(String networks) throws IOException {
        HttpPost post = new HttpPost();
        NotificationsConfig config = new NotificationsConfig();
        config.read(
                new Settings(key -> key.equals("vpn.webhooks.networks") ? Optional.of(networks) : Optional.empty()));
        post.urls = new OutsideUrls();
        post.urls.config = config;
        post.trust = new ExtraTrust();
        post.clock = clock;
        return post.send(
                URI.create("http://127.0.0.1:" + server.getLocalPort() + "/hook?a=b"),
                Map.of("X-Test", "yes"),
                "hello".getBytes(StandardCharsets.UTF_8),
                DEADLINE);
    }

    private void answering(String answer) {
        answering(answer, 0);
    }

    /** Answers one request; byte by byte, with a pause before each, where that is not 0. */
    private void answering(String answer, long pauseMillis) {
        Thread thread = new Thread(() -> {
            try (Socket client = server.accept()) {
                StringBuilder request = new StringBuilder();
                while (!request.toString().endsWith("hello")) {
                    request.append((char) client.getInputStream().read());
                }
                requests.add(request.toString());
                byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                if (pauseMillis == 0) {
                    client.getOutputStream().write(bytes);
                } else {
                    for (byte b : bytes) {
                        client.getOutputStream().write(b);
                        requests.poll(pauseMillis, TimeUnit.MILLISECONDS);
                    }
                }
            } catch (IOException | InterruptedException e) {
                // The caller hung up.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
