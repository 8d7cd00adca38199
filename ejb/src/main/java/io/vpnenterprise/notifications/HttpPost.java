package io.vpnenterprise.notifications;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One POST to a URL that a member named (HTTP/1.1, RFC 9112), with a deadline over all of it.
 *
 * <p>Not the JDK's client: that looks names up by itself, and what it connects to could be another address than the one
 * that was looked at. Here the socket is connected to the address that was looked at, so a name that changes in between
 * gains nothing. No redirect is followed, no proxy used, no connection kept.
 */
@ApplicationScoped
class HttpPost {

    /** Of the answer, head and body; the rest is not read. */
    private static final int MAX_ANSWER_BYTES = 8_192;

    /** What came back. */
    record Answer(int status, String body) {}

    @Inject
    OutsideUrls urls;

    @Inject
    ExtraTrust trust;

    @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
    ScheduledExecutorService clock;

    /**
     * The look-up of the name counts, but is not cut: it has the resolver's own time limit.
     *
     * @param headers beside Host, Content-Length, Connection and User-Agent
     * @throws IOException when no whole status line came within the deadline; its message is fit for owners to read
     */
    Answer send(URI url, Map<String, String> headers, byte[] body, Duration deadline) throws IOException {
        long until = System.nanoTime() + deadline.toNanos();
        List<InetAddress> addresses = urls.addresses(url.getHost());
        IOException last = null;
        for (InetAddress address : addresses) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) {
                break;
            }
            try (Socket socket = new Socket(Proxy.NO_PROXY)) {
                // A read's own time limit begins anew with each byte: what ends a receiver that trickles is the
                // closing.
                AtomicBoolean late = new AtomicBoolean();
                Future<?> end = clock.schedule(
                        () -> {
                            late.set(true);
                            close(socket);
                        },
                        left,
                        TimeUnit.MILLISECONDS);
                try {
                    socket.connect(new InetSocketAddress(address, port(url)), (int) left);
                    return exchange(secured(socket, url), url, headers, body);
                } catch (IOException e) {
                    if (late.get()) {
                        throw new IOException("no answer within " + deadline.toSeconds() + " s", e);
                    }
                    if (socket.isConnected()) {
                        throw e;
                    }
                    last = e;
                } finally {
                    end.cancel(false);
                }
            }
        }
        throw last == null ? new IOException("no answer within " + deadline.toSeconds() + " s") : last;
    }

    private Socket secured(Socket plain, URI url) throws IOException {
        if (!url.getScheme().equalsIgnoreCase("https")) {
            return plain;
        }
        SSLSocket tls = (SSLSocket)
                trust.sockets().createSocket(plain, OutsideUrls.unbracketed(url.getHost()), port(url), true);
        SSLParameters parameters = tls.getSSLParameters();
        // The certificate must be for the URL's host.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    private static Answer exchange(Socket socket, URI url, Map<String, String> headers, byte[] body)
            throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(head(url, headers, body.length).getBytes(StandardCharsets.ISO_8859_1));
        out.write(body);
        out.flush();
        InputStream in = new Limited(new BufferedInputStream(socket.getInputStream()));
        int status = status(line(in));
        // What is only information comes before the answer.
        while (status >= 100 && status < 200) {
            skipHeaders(in);
            status = status(line(in));
        }
        boolean chunked = skipHeaders(in);
        try {
            return new Answer(status, chunked ? chunks(in) : new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            // The head is whole; the rest is for people only.
            return new Answer(status, "");
        }
    }

    private static String head(URI url, Map<String, String> headers, int length) {
        StringBuilder head = new StringBuilder("POST ");
        head.append(url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath());
        if (url.getRawQuery() != null) {
            head.append('?').append(url.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(url.getHost());
        if (url.getPort() > 0) {
            head.append(':').append(url.getPort());
        }
        head.append("\r\nUser-Agent: VPN-Enterprise\r\nConnection: close\r\nContent-Length: ")
                .append(length);
        headers.forEach(
                (name, value) -> head.append("\r\n").append(name).append(": ").append(value));
        return head.append("\r\n\r\n").toString();
    }

    private static int status(String line) throws IOException {
        if (line.matches("HTTP/1\\.[01] [1-5]\\d\\d.*")) {
            return Integer.parseInt(line.substring(9, 12));
        }
        throw new IOException("the answer is not HTTP");
    }

    /** Returns whether the body comes in chunks. */
    private static boolean skipHeaders(InputStream in) throws IOException {
        boolean chunked = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            chunked |= line.toLowerCase(Locale.ROOT).replace(" ", "").startsWith("transfer-encoding:chunked");
        }
        return chunked;
    }

    private static String chunks(InputStream in) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try {
            for (String size = line(in); !size.matches("0*(;.*)?"); size = line(in)) {
                whole.write(in.readNBytes(
                        Integer.parseInt(size.replaceAll(";.*", "").strip(), 16)));
                line(in);
            }
        } catch (IOException | IllegalArgumentException e) {
            // As much as came before a size that is none, or the end.
        }
        return whole.toString(StandardCharsets.UTF_8);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended before the answer");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static int port(URI url) {
        return url.getPort() > 0 ? url.getPort() : url.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is what we wanted.
        }
    }

    /** Ends, as if the other side had, after {@value #MAX_ANSWER_BYTES} bytes. */
    private static final class Limited extends InputStream {

        private final InputStream in;
        private int left = MAX_ANSWER_BYTES;

        Limited(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return left-- > 0 ? in.read() : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                return -1;
            }
            int read = in.read(bytes, offset, Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }
    }
}
