package io.vpnenterprise.launcher;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks a started server's {@code /health/ready}: the database answers and its migrations are done. */
final class Readiness {

    /** Until the product is deployed, some servers answer at the same address themselves. */
    private static final String PRODUCT = "\"service\":\"vpn-enterprise\"";

    /** What the product logs before it gives up, with its reason behind. */
    private static final String REFUSAL = "does not start: ";

    /** What servers log when a deployment fails before the product has a word: Payara's, and WildFly's. */
    private static final Pattern FAILURE = Pattern.compile(
            "(?:Exception while (?:loading|deploying|preparing) the app|WFLYCTL0013: Operation \\(\\\\?\"deploy\\\\?\"\\) failed"
                    + "|WFLYCTL0186|WFLYSRV0059)[^\"]*");

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
                        || process.refusal().isPresent());
        process.refusal().ifPresent(reason -> {
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

    static Optional<String> refusalIn(String line) {
        int own = line.indexOf(REFUSAL);
        if (own >= 0) {
            return Optional.of(textFrom(line.substring(own + REFUSAL.length())));
        }
        Matcher servers = FAILURE.matcher(line);
        return servers.find() ? Optional.of(servers.group()) : Optional.empty();
    }

    /** Up to the end of the JSON text that it is the rest of. */
    private static String textFrom(String rest) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < rest.length() && rest.charAt(i) != '"'; i++) {
            if (rest.charAt(i) == '\\' && i + 1 < rest.length()) {
                i++;
            }
            text.append(rest.charAt(i));
        }
        return text.toString();
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
