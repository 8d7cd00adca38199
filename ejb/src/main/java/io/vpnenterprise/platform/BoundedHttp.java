package io.vpnenterprise.platform;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
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
 * Calls a service that the operator named: each call with a deadline for all of it, an answer of bounded size, no redirects,
 * and few calls at once, so that a slow service cannot take the threads that serve everybody. Thread-safe.
 */
public final class BoundedHttp {

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

    private final HttpClient client;
    private final Duration deadline;
    private final int maxBytes;
    private final Semaphore permits;

    /**
     * @param maxBytes of an answer's body
     * @param mostAtOnce of calls; one more fails at once
     */
    public BoundedHttp(Duration deadline, int maxBytes, int mostAtOnce) {
        this.deadline = deadline;
        this.maxBytes = maxBytes;
        this.permits = new Semaphore(mostAtOnce);
        this.client = HttpClient.newBuilder()
                .connectTimeout(deadline)
                // A redirect could lead anywhere, our credentials with it.
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** Secrets travel by TLS, or stay on this machine. */
    public static boolean mayTalkTo(URI address) {
        return "https".equals(address.getScheme())
                || "http".equals(address.getScheme()) && LOOPBACK.contains(String.valueOf(address.getHost()));
    }

    public Duration deadline() {
        return deadline;
    }

    /** @throws IOException when no whole answer came in time, it was too large, or too many calls are under way */
    public HttpResponse<byte[]> send(HttpRequest request) throws IOException {
        if (!permits.tryAcquire()) {
            throw new IOException("as many calls of this service as may be are under way");
        }
        try {
            CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, info -> new Limited(maxBytes));
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

        private final int maxBytes;
        private final CompletableFuture<byte[]> body = new CompletableFuture<>();
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private Flow.Subscription subscription;

        Limited(int maxBytes) {
            this.maxBytes = maxBytes;
        }

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
                if (received.size() + buffer.remaining() > maxBytes) {
                    subscription.cancel();
                    body.completeExceptionally(new IOException("an answer of more than " + maxBytes + " bytes"));
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
