package io.vpnenterprise.systemtests;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;

/** A device that was never connected, with a key that is the member's own. */
record BenchDevice(UUID id, UUID userId, String publicKey) {

    /** So many, dealt out to the users in turn. Every 32 bytes are a public key (RFC 7748, section 5). */
    static List<BenchDevice> make(int count, List<UUID> users, Random random) {
        List<BenchDevice> devices = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte[] key = new byte[32];
            random.nextBytes(key);
            devices.add(new BenchDevice(
                    UUID.randomUUID(),
                    users.get(i % users.size()),
                    Base64.getEncoder().encodeToString(key)));
        }
        return devices;
    }

    /** Gives each of them once. */
    static final class Supply {

        private final Queue<BenchDevice> fresh;

        Supply(List<BenchDevice> devices) {
            fresh = new ArrayDeque<>(devices);
        }

        synchronized BenchDevice next() {
            BenchDevice device = fresh.poll();
            if (device == null) {
                throw new IllegalStateException("too few devices were prepared for a machine this fast");
            }
            return device;
        }
    }
}
