package io.vpnenterprise.identity.provider;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls one provider: each call with a deadline for all of it, an answer of bounded size, no redirects, and few calls at
 * once, so that a slow provider cannot take the threads that serve everybody. Thread-safe.
 */
final class OidcHttp implements HTTPRequestSender, ResourceRetriever {

    /** Key sets and metadata have a few KiB. */
    static final int MAX_BYTES = 256 * 1024;

    private static final int MOST_AT_ONCE = 16;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final HttpClient client;
    private final Duration deadline;
    private final Semaphore permits = new Semaphore(MOST_AT_ONCE);

    OidcHttp(Duration deadline) {
        this.deadline = deadline;
        this.client = HttpClient.newBuilder()
                .connectTimeout(deadline)
                // A redirect could lead anywhere, our credentials with it.
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    Duration deadline() {
        return deadline;
    }

    /** Secrets travel by TLS, or stay on this machine. */
    static boolean mayTalkTo(URI address) {
        return "https".equals(address.getScheme())
                || "http".equals(address.getScheme()) && LOOPBACK.contains(String.valueOf(address.getHost()));
    }

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.getURI())
                .method(
                        request.getMethod().name(),
                        request.getBody() == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(request.getBody()));
        request.getHeaderMap().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        HttpResponse<byte[]> answer = exchange(builder);
        HTTPResponse response = new HTTPResponse(answer.statusCode());
        response.setBody(new String(answer.body(), StandardCharsets.UTF_8));
        try {
            response.setContentType(answer.headers().firstValue("Content-Type").orElse("application/octet-stream"));
        } catch (ParseException e) {
            throw new IOException("a content type that is none", e);
        }
        return response;
    }

    @Override
    public Resource retrieveResource(URL url) throws IOException {
        try {
            HTTPRequest get = new HTTPRequest(HTTPRequest.Method.GET, url.toURI());
            get.setAccept(ContentType.APPLICATION_JSON.getType());
            ReadOnlyHTTPResponse response = send(get);
            if (response.getStatusCode() != HTTPResponse.SC_OK) {
                throw new IOException(url + " answers " + response.getStatusCode());
            }
            return new Resource(response.getBody(), ContentType.APPLICATION_JSON.getType());
        } catch (URISyntaxException e) {
            throw new IOException("not an address: " + url, e);
        }
    }

    private HttpResponse<byte[]> exchange(HttpRequest.Builder request) throws IOException {
        if (!permits.tryAcquire()) {
            throw new IOException("as many calls of this provider as may be are under way");
        }
        try {
            CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request.build(), info -> new Limited());
            try {
                return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                answer.cancel(true);
                throw new IOException("no whole answer within " + deadline, e);
            } catch (ExecutionException e) {
                throw new IOException(e.getCause());
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        } finally {
            permits.release();
        }
    }

    /** Takes a body as it comes, and gives up when it is too long. */
    private static final class Limited implements HttpResponse.BodySubscriber<byte[]> {

        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private Flow.Subscription subscription;

        @Override
        public CompletionStage<byte[]> getBody() {
            return body;
        }

        @Override
        public void onSubscribe(Flow.Subscription theirs) {
            subscription = theirs;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            for (ByteBuffer buffer : buffers) {
                if (received.size() + buffer.remaining() > MAX_BYTES) {
                    subscription.cancel();
                    body.completeExceptionally(new IOException("an answer of more than " + MAX_BYTES + " bytes"));
                    return;
                }
                byte[] bytes = new byte[buffer.remaining()];
                buffer.get(bytes);
                received.writeBytes(bytes);
            }
        }

        @Override
        public void onError(Throwable failure) {
            body.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            body.complete(received.toByteArray());
        }
    }
}
