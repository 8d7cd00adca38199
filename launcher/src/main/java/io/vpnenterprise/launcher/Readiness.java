package io.vpnenterprise.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/** Asks a started server's {@code /health/ready}: the database answers and its migrations are done. */
final class Readiness {

    /** Until the product is deployed, some servers answer at the same address themselves. */
    private static final String PRODUCT = "\"service\":\"vpn-enterprise\"";

    /** What the product logs before it gives up, with its reason behind. */
    private static final String REFUSAL = "does not start: ";

    private Readiness() {}

    static void await(String server, URI url, ChildProcess process, Path log, Duration limit) {
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        HttpRequest request = HttpRequest.newBuilder(url.resolve("/health/ready"))
                .timeout(Duration.ofSeconds(10))
                .build();
        boolean answered = Poll.until(
                limit,
                () -> !process.isAlive()
                        || isReady(client, request)
                        || refusal(log).isPresent());
        refusal(log).ifPresent(reason -> {
            throw new LaunchException("The product does not start: " + reason + " (log: " + log + ")");
        });
        if (!process.isAlive()) {
            throw new LaunchException(server + " ended while it started; its log is " + log + ".");
        }
        if (!answered) {
            throw new LaunchException(
                    server + " was not ready within " + limit.toSeconds() + " seconds; its log is " + log + ".");
        }
    }

    private static Optional<String> refusal(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains(REFUSAL))
                    .map(line -> line.substring(line.indexOf(REFUSAL) + REFUSAL.length()))
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            // Not written yet, or in the middle of a character: the next look will do.
            return Optional.empty();
        }
    }

    private static boolean isReady(HttpClient client, HttpRequest request) {
        try {
            HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 && answer.body().contains(PRODUCT);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
