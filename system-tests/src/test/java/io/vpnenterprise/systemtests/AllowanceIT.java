package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a member may have: who decides it, and that it is so. */
class AllowanceIT {

    private final Product product = Product.shared();
    private final Api admin = product.admin();
    private final Api member = product.member();
    private final String allowance = "/api/admin/users/" + id(member) + "/allowance";

    @Test
    void isWhatAnAdminDecidesAndFallsBackWhereHeSaysNothing() {
        assertThat(allowed()).isEqualTo(numbers("devices", 100, "connections", 100));

        JsonObject decided = admin.send("PUT", allowance, """
                        {"devices":2,"monthlyBytes":9007199254740993,"kbitPerSecond":8000,"accessEndsAt":"2099-01-01T00:00:00Z"}""").expect(200).data();

        assertThat(decided.getJsonObject("own").containsKey("connections")).isFalse();
        assertThat(decided.getJsonObject("allowed")).isEqualTo(allowed());
        assertThat(allowed().getInt("connections")).isEqualTo(100);
        // One more than a double can tell.
        assertThat(allowed().getJsonNumber("monthlyBytes").longValueExact()).isEqualTo(9_007_199_254_740_993L);
        JsonObject audited = member.awaitAudit("user.allowance-changed");
        assertThat(audited.getJsonObject("details").getString("kbitPerSecond")).isEqualTo("8000");
        assertThat(audited.getJsonObject("details").getString("connections")).isEqualTo("nothing of its own");

        admin.send("PUT", allowance, "{}").expect(200);
        assertThat(allowed()).isEqualTo(numbers("devices", 100, "connections", 100));
    }

    @Test
    void holdsForDevicesAndIsShownBesideWhatTheMemberHas() {
        admin.send("PUT", allowance, "{\"devices\":1}").expect(200);
        member.addDevice("first");

        Api.Answer second =
                member.post("/api/user/devices", "{\"name\":\"second\"}").expect(403);

        assertThat(second.code()).isEqualTo("DEVICE_LIMIT_REACHED");
        assertThat(limits().getJsonObject("used")).isEqualTo(numbers("devices", 1, "connections", 0));
    }

    @Test
    void isHisOrganisationsWhereNoAdminDecidedForHimAndNeverMoreByOneThatHeMakes() {
        String paid = organisation("business");
        admin.send("PUT", "/api/admin/organizations/" + paid + "/limits", """
                        {"connections":200,"monthlyBytes":1000,"kbitPerSecond":5000}""").expect(200);
        assertThat(allowed().getInt("connections")).isEqualTo(200);
        assertThat(allowed().getInt("devices")).as("the tier's").isEqualTo(5);
        assertThat(allowed().getInt("monthlyBytes")).isEqualTo(1_000);

        admin.send("PUT", "/api/admin/organizations/" + organisation("free") + "/limits", "{\"connections\":10000}")
                .expect(200);
        assertThat(allowed().getInt("connections"))
                .as("the platform's, by the free one")
                .isEqualTo(100);
        assertThat(allowed().getInt("devices")).as("the tightest").isEqualTo(3);

        admin.send("PUT", allowance, "{\"devices\":7}").expect(200);
        assertThat(allowed().getInt("devices")).isEqualTo(7);
        assertThat(admin.get("/api/admin/organizations/" + paid + "/limits")
                        .expect(200)
                        .data()
                        .getInt("kbitPerSecond"))
                .isEqualTo(5_000);
    }

    private String organisation(String tier) {
        return admin.post(
                        "/api/admin/organizations",
                        "{\"name\":\"Acme\",\"tier\":\"" + tier + "\",\"ownerId\":\"" + id(member) + "\"}")
                .expect(201)
                .data()
                .getString("id");
    }

    @ParameterizedTest
    @CsvSource({
        "devices, 0",
        "connections, 10001",
        "monthlyBytes, 0",
        "kbitPerSecond, 63",
    })
    void refusesALimitWithoutMeaningAndChangesNothing(String field, String value) {
        admin.send("PUT", allowance, "{\"devices\":7}").expect(200);

        Api.Answer refused = admin.send("PUT", allowance, "{\"" + field + "\":" + value + "}")
                .expect(400);

        assertThat(refused.code()).isEqualTo("INVALID_LIMIT");
        assertThat(refused.json().getString("field")).isEqualTo(field);
        assertThat(allowed().getInt("devices")).isEqualTo(7);
    }

    private JsonObject limits() {
        return member.get("/api/vpn/limits").expect(200).data();
    }

    private JsonObject allowed() {
        return limits().getJsonObject("allowed");
    }

    private static JsonObject numbers(String one, int value, String other, int otherValue) {
        return Json.createObjectBuilder().add(one, value).add(other, otherValue).build();
    }

    private static String id(Api member) {
        return member.get("/api/auth/me").expect(200).data().getString("id");
    }
}
