package io.vpnenterprise.systemtests;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** A device of a member, with a key pair that the platform made. */
record MemberDevice(Api member, String id, String publicKey, String ticket) {

    static MemberDevice add(Api member, String name) {
        JsonObject added = member.addDevice(name);
        JsonObject device = added.getJsonObject("device");
        return new MemberDevice(
                member, device.getString("id"), device.getString("publicKey"), added.getString("ticket"));
    }

    /** So many new members with so many devices each. */
    static List<MemberDevice> addMany(Product product, int members, int devicesEach) {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<List<MemberDevice>>> additions = IntStream.range(0, members)
                    .<Callable<List<MemberDevice>>>mapToObj(i -> () -> {
                        Api member = product.member();
                        return IntStream.range(0, devicesEach)
                                .mapToObj(device -> add(member, "device " + device))
                                .toList();
                    })
                    .toList();
            List<MemberDevice> devices = new ArrayList<>();
            for (Future<List<MemberDevice>> added : threads.invokeAll(additions)) {
                devices.addAll(added.get());
            }
            return devices;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    Api.Answer connect(String serverId) {
        return member.post(
                "/api/vpn/connect",
                Json.createObjectBuilder()
                        .add("deviceId", id)
                        .add("serverId", serverId)
                        .build());
    }

    Api.Answer disconnect() {
        return member.post(
                "/api/vpn/disconnect",
                Json.createObjectBuilder().add("deviceId", id).build());
    }

    /** The file for {@code wg-quick}, as a member downloads it. */
    String downloadConf(String connectionId) {
        return member.withHeader("Key-Ticket", ticket)
                .get("/api/vpn/connections/" + connectionId + "/config")
                .expect(200)
                .text();
    }
}
