package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;

/** The main job on a simulated node: what a member sees. */
class ConnectIT {

    @Test
    void connectsShowsAndDisconnects() {
        Product product = Product.shared();
        Api admin = product.admin();
        String node = admin.addNode("connect-it", "simulated", null, "vpn.example.org");
        JsonObject server = admin.addServer("connect-it", "eu-central", 41_001, node);
        Api member = product.member();
        JsonObject device = member.addDevice("laptop");
        JsonObject connect = Json.createObjectBuilder()
                .add("deviceId", device.getJsonObject("device").getString("id"))
                .add("serverId", server.getString("id"))
                .add("ticket", device.getString("ticket"))
                .build();

        JsonObject connected =
                member.post("/api/vpn/connect", connect).expect(200).data();

        assertThat(connected.getBoolean("simulated")).isTrue();
        assertThat(connected.getString("conf"))
                .contains("SIMULATED")
                .contains("PrivateKey = " + device.getString("privateKey"))
                .contains("Endpoint = vpn.example.org:41001");
        assertThat(member.get("/api/vpn/status").expect(200).data().getBoolean("connected"))
                .isTrue();

        JsonObject disconnect = Json.createObjectBuilder()
                .add("connectionId", connected.getString("connectionId"))
                .build();
        assertThat(member.post("/api/v1/vpn/disconnect", disconnect)
                        .expect(200)
                        .data()
                        .getBoolean("confirmed"))
                .isTrue();
        assertThat(member.get("/api/vpn/status").expect(200).data().getBoolean("connected"))
                .isFalse();
        assertThat(member.get("/api/vpn/history").expect(200).data().getInt("total"))
                .isEqualTo(1);
    }
}
