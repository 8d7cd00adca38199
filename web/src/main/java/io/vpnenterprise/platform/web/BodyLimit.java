package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Refuses bodies over 1 MiB, or over 256 MiB where a table is imported as a stream, by their declared length at once, else as soon as they exceed it, and bodies that take too
 * long: a server's own limit begins anew with each byte that dribbles in.
 */
@Provider
@PreMatching
@Priority(200)
public class BodyLimit implements ContainerRequestFilter {

    static final int MAX_BYTES = 1 << 20;

    private static final int MAX_BYTES_OF_IMPORT = 1 << 28;

    /** As many as its bytes take, at the rate at which the setting lets 1 MiB take its time, would be hours. */
    private static final Duration DEADLINE_OF_IMPORT = Duration.ofMinutes(10);

    private static final Pattern IMPORT = Pattern.compile("/?tenants/[^/]+/tables/[^/]+/import");

    @Override
    public void filter(ContainerRequestContext request) {
        boolean isImport = isImport(request);
        int most = isImport ? MAX_BYTES_OF_IMPORT : MAX_BYTES;
        if (request.getLength() > most) {
            throw tooLarge(most);
        }
        if (request.hasEntity()) {
            Duration deadline = isImport
                    ? DEADLINE_OF_IMPORT
                    : CDI.current().select(PlatformConfig.class).get().bodyDeadline();
            request.setEntityStream(new Limited(request.getEntityStream(), most, deadline));
        }
    }

    /** With a key for repetitions, the body is held in memory: see {@link Idempotency}. */
    private static boolean isImport(ContainerRequestContext request) {
        return request.getMethod().equals(HttpMethod.POST)
                && !request.getHeaders().containsKey(Idempotency.HEADER)
                && IMPORT.matcher(request.getUriInfo().getPath(false)).matches();
    }

    private static VpnException tooLarge(int most) {
        return new VpnException(PlatformError.BODY_TOO_LARGE, most + " bytes");
    }

    private static final class Limited extends FilterInputStream {

        private final long began = System.nanoTime();
        private final long deadline;
        private final int most;
        private long left;

        Limited(InputStream in, int most, Duration deadline) {
            super(in);
            this.most = most;
            this.left = most;
            this.deadline = deadline.toNanos();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read;
            try {
                read = super.read(bytes, offset, length);
            } catch (IOException e) {
                // The server gave up waiting, or the client went.
                throw new VpnException(PlatformError.BODY_TOO_SLOW, null, e);
            }
            left -= Math.max(read, 0);
            if (left < 0) {
                throw tooLarge(most);
            }
            if (System.nanoTime() - began > deadline) {
                throw new VpnException(PlatformError.BODY_TOO_SLOW);
            }
            return read;
        }
    }
}
