package io.vpnenterprise.systemtests;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.vpnenterprise.launcher.Ports;
import jakarta.mail.internet.MimeMessage;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;

/**
 * GreenMail, a real mail server, which wants a user's password; and before it a front that speaks STARTTLS for it
 * (RFC 3207) and makes the faults that a test asks for, each for the next connections that come.
 */
final class MailServer implements AutoCloseable {

    static final String USER = "platform";
    static final String PASSWORD = "the platform's password";

    /** What goes wrong with one connection. */
    enum Fault {
        NONE,
        /** The recipient is refused for now. */
        RECIPIENT_NOT_NOW,
        /** The connection ends in the middle of the message. */
        CUT_IN_DATA,
        /** The message is taken, but the answer that says so never comes. */
        CUT_BEFORE_TAKEN,
        /** The message is taken, and that is said; but whoever then takes his leave is cut off. */
        CUT_AT_QUIT,
        /** Whom the mail comes from is refused, as a server does that is not set up yet. */
        SENDER_REFUSED,
        /** The recipient is one of a domain that it does not take mail for, as yet. */
        RELAY_DENIED,
        /** It hangs up before it says anything. */
        CUT_AT_ONCE,
        /** Each reply takes a while. */
        SLOW
    }

    private static final long SLOW_MILLIS = 300;

    private final GreenMail mail;
    private final TestCertificate certificate;
    private final int port;
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private volatile String refused = "";
    private volatile ServerSocket front;

    MailServer(TestCertificate certificate) {
        this.certificate = certificate;
        this.port = Ports.free();
        mail = new GreenMail(new ServerSetup(Ports.free(), "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.getManagers().getUserManager().setAuthRequired(true);
        mail.setUser(USER + "@mail.example", USER, PASSWORD);
        mail.start();
        open();
    }

    int port() {
        return port;
    }

    void next(Fault... next) {
        faults.addAll(List.of(next));
    }

    /** This recipient is refused for ever. */
    void refuse(String recipient) {
        refused = recipient;
    }

    /** What has arrived for a recipient. */
    List<MimeMessage> arrived(String recipient) {
        return List.of(mail.getReceivedMessages()).stream()
                .filter(message -> {
                    try {
                        return message.getAllRecipients()[0].toString().equals(recipient);
                    } catch (jakarta.mail.MessagingException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toList();
    }

    /** Nobody listens any more, until {@link #open}. */
    void shut() {
        try {
            front.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void open() {
        try {
            front = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ServerSocket socket = front;
        daemon(() -> {
            while (true) {
                try {
                    Socket client = socket.accept();
                    daemon(() -> serve(client));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    @Override
    public void close() {
        shut();
        mail.stop();
    }

    private void serve(Socket accepted) {
        Fault next = faults.poll();
        Fault fault = next == null ? Fault.NONE : next;
        try (Socket plain = accepted;
                Socket server = new Socket("127.0.0.1", mail.getSmtp().getPort())) {
            if (fault == Fault.CUT_AT_ONCE) {
                return;
            }
            talk(plain, server, fault);
        } catch (IOException e) {
            // One of them hung up; the other one notices.
        }
    }

    private void talk(Socket plain, Socket server, Fault fault) throws IOException {
        Socket client = plain;
        InputStream from = new BufferedInputStream(client.getInputStream());
        InputStream replies = new BufferedInputStream(server.getInputStream());
        OutputStream to = client.getOutputStream();
        boolean secret = false;
        boolean data = false;
        int linesOfData = 0;
        write(to, reply(replies));
        for (String line = line(from); line != null; line = line(from)) {
            String command = line.toUpperCase(Locale.ROOT);
            if (data) {
                if (fault == Fault.CUT_IN_DATA && ++linesOfData == 5) {
                    return;
                }
                write(server.getOutputStream(), line);
                if (line.equals(".")) {
                    data = false;
                    String taken = reply(replies);
                    if (fault == Fault.CUT_BEFORE_TAKEN) {
                        return;
                    }
                    write(to, taken);
                }
                continue;
            }
            if (fault == Fault.SLOW) {
                dawdle();
            }
            if (command.startsWith("STARTTLS")) {
                write(to, "220 go ahead");
                SSLSocket tls =
                        (SSLSocket) certificate.context().getSocketFactory().createSocket(client, null, port, true);
                tls.setUseClientMode(false);
                client = tls;
                from = new BufferedInputStream(client.getInputStream());
                to = client.getOutputStream();
                secret = true;
            } else if (command.startsWith("QUIT") && fault == Fault.CUT_AT_QUIT) {
                plain.setSoLinger(true, 0);
                return;
            } else if (command.startsWith("MAIL") && fault == Fault.SENDER_REFUSED) {
                write(to, "550 5.7.1 who are you");
            } else if (command.startsWith("RCPT") && fault == Fault.RELAY_DENIED) {
                write(to, "554 5.7.1 relay access denied");
            } else if (command.startsWith("RCPT") && fault == Fault.RECIPIENT_NOT_NOW) {
                write(to, "451 4.3.0 try again later");
            } else if (command.startsWith("RCPT") && !refused.isEmpty() && line.contains(refused)) {
                write(to, "550 5.1.1 nobody here by that name");
            } else {
                write(server.getOutputStream(), line);
                String answer = reply(replies);
                if (command.startsWith("EHLO") && !secret) {
                    // Until it is secret, nobody is asked for a password.
                    answer = "250-localhost\r\n250 STARTTLS";
                }
                data = command.startsWith("DATA") && answer.startsWith("354");
                write(to, answer);
            }
        }
    }

    /** One reply, of one line or several. */
    private static String reply(InputStream from) throws IOException {
        StringBuilder reply = new StringBuilder();
        while (true) {
            String line = line(from);
            if (line == null) {
                throw new IOException("the mail server hung up");
            }
            reply.append(line);
            if (line.length() < 4 || line.charAt(3) != '-') {
                return reply.toString();
            }
            reply.append("\r\n");
        }
    }

    private static String line(InputStream from) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = from.read(); c >= 0; c = from.read()) {
            if (c == '\n') {
                return line.toString();
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return null;
    }

    private static void write(OutputStream to, String line) throws IOException {
        to.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        to.flush();
    }

    private static void dawdle() throws IOException {
        try {
            if (new CountDownLatch(1).await(SLOW_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("nobody counts down");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "mail server's front");
        thread.setDaemon(true);
        thread.start();
    }
}
