package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Says to a server what no HTTP client would. */
record RawHttp(URI url) {

    /** How a server refuses a request line or a header that is too much. */
    static final String REFUSED = "HTTP/1\\.[01] (400|413|414|431)[\\s\\S]*";

    private static final Pattern CONTENT_LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    /** The servers' 10 s for a header and between parts, the product's 5 s for a body, and a busy machine. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    /** Sends it and reads until the server has answered or ended the connection, which it must within the bound. */
    String answer(String request) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> readAll(socket));
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            } catch (SocketException e) {
                // Refused before all of it was sent.
            }
            return answer.orTimeout(BOUND.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    /** Sends it and leaves the rest to the caller. */
    Socket begin(String begin) throws IOException {
        Socket socket = new Socket(url.getHost(), url.getPort());
        socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** Sends it and then a byte at a time, for as long as the server listens. */
    String dribble(String begin) throws IOException {
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> readAll(socket));
            socket.getOutputStream().write(begin.getBytes(StandardCharsets.ISO_8859_1));
            long began = System.nanoTime();
            while (!answer.isDone()) {
                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(BOUND);
                try {
                    socket.getOutputStream().write(' ');
                    answer.get(200, TimeUnit.MILLISECONDS);
                } catch (SocketException e) {
                    break;
                } catch (TimeoutException e) {
                    // Still listening.
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            }
            return answer.orTimeout(BOUND.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    /** A whole answer, or all that came before the end of the connection, however that came. */
    private static String readAll(Socket socket) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        try {
            byte[] buffer = new byte[8_192];
            while (!isWhole(read)) {
                int n = socket.getInputStream().read(buffer);
                if (n < 0) {
                    break;
                }
                read.write(buffer, 0, n);
            }
        } catch (IOException e) {
            // Reset: the server did not wait for the rest of the request.
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    /** Servers read on for a while after they refused a body, so that their answer is not lost. */
    private static boolean isWhole(ByteArrayOutputStream read) {
        String text = read.toString(StandardCharsets.ISO_8859_1);
        Matcher length = CONTENT_LENGTH.matcher(text);
        int body = text.indexOf("\r\n\r\n") + 4;
        return body >= 4 && length.find() && text.length() - body >= Integer.parseInt(length.group(1));
    }
}
