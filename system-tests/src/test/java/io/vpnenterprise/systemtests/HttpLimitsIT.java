package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a client can make the server keep, and for how long, by HTTP alone. */
class HttpLimitsIT {

    private static Product product;
    private static RawHttp http;

    @BeforeAll
    static void start() {
        product = Product.shared();
        http = new RawHttp(product.url());
    }

    @Test
    void refusesAHeaderOf64Kibibytes() throws IOException {
        assertThat(http.answer("GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(65_536) + "\r\n\r\n"))
                .matches(RawHttp.REFUSED);
        product.anonymous().get("/health").expect(200);
    }

    @Test
    void refusesAThousandHeaders() throws IOException {
        String headers =
                IntStream.range(0, 1_000).mapToObj(i -> "X-" + i + ": 1\r\n").collect(Collectors.joining());
        assertThat(http.answer("GET /health HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n"))
                .matches(RawHttp.REFUSED);
    }

    @Test
    void refusesAnAddressOf64Kibibytes() throws IOException {
        assertThat(http.answer("GET /health?" + "a".repeat(65_536) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .matches(RawHttp.REFUSED);
    }

    @Test
    void refusesABodyThatDribblesIn() throws IOException {
        assertThat(http.dribble("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100000\r\n\r\n"))
                .startsWith("HTTP/1.1 408")
                .contains("BODY_TOO_SLOW");
    }

    @Test
    void refusesABodyThatStops() throws IOException {
        assertThat(http.answer("POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 100000\r\n\r\n{"))
                .startsWith("HTTP/1.1 408")
                .contains("BODY_TOO_SLOW");
    }

    /** Payara does not end them in time, but they cost it a buffer each and no thread. */
    @Test
    void isHeldUpByNobodyWhoseHeaderDribblesIn() throws IOException {
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 400; i++) {
                slow.add(http.begin("GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: "));
            }
            for (int round = 0; round < 5; round++) {
                for (Socket socket : slow) {
                    socket.getOutputStream().write('a');
                }
                assertThat(http.answer("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                        .startsWith("HTTP/1.1 200");
            }
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    /** The servers wait for 30 s: not for every build. */
    @Test
    @Tag("chaos")
    void endsAConnectionThatSaysNothing() throws IOException {
        http.answer("");
    }
}
