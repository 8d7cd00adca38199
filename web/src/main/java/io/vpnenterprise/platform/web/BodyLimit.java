package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformConfig;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Refuses bodies over 1 MiB, by their declared length at once, else as soon as they exceed it, and bodies that take too
 * long: a server's own limit begins anew with each byte that dribbles in.
 */
@Provider
@PreMatching
@Priority(200)
public class BodyLimit implements ContainerRequestFilter {

    static final int MAX_BYTES = 1 << 20;

    @Override
    public void filter(ContainerRequestContext request) {
        if (request.getLength() > MAX_BYTES) {
            throw tooLarge();
        }
        if (request.hasEntity()) {
            Duration deadline = CDI.current().select(PlatformConfig.class).get().bodyDeadline();
            request.setEntityStream(new Limited(request.getEntityStream(), deadline));
        }
    }

    private static VpnException tooLarge() {
        return new VpnException(PlatformError.BODY_TOO_LARGE, MAX_BYTES + " bytes");
    }

    private static final class Limited extends FilterInputStream {

        private final long began = System.nanoTime();
        private final long deadline;
        private long left = MAX_BYTES;

        Limited(InputStream in, Duration deadline) {
            super(in);
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
                throw tooLarge();
            }
            if (System.nanoTime() - began > deadline) {
                throw new VpnException(PlatformError.BODY_TOO_SLOW);
            }
            return read;
        }
    }
}
