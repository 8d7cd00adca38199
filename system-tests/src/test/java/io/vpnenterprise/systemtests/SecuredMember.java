package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.util.List;

/** A member who has an authenticator app: Debian's {@code oathtool}. */
record SecuredMember(Product product, String email, Api api, String secret, List<String> recoveryCodes) {

    /** A new one, whose app is on; the code of this step turned it on, so the next one's is to be used. */
    static SecuredMember signUp(Product product) {
        String email = Api.newEmail();
        Api api = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        String secret =
                api.post("/api/user/security/2fa/enable", "").expect(200).data().getString("secret");
        JsonObject confirmed = api.post("/api/user/security/2fa/confirm", body("code", code(secret, 0)))
                .expect(200)
                .data();
        return new SecuredMember(
                product,
                email,
                api,
                secret,
                confirmed.getJsonArray("recoveryCodes").getValuesAs(JsonString::getString));
    }

    /** What the app shows next, which is accepted already: also when the step ends just now. */
    String code() {
        return code(secret, 1);
    }

    /** What the app shows so many steps from now. */
    static String code(String secret, int steps) {
        String then = (steps < 0 ? "" : "+") + steps * 30 + " seconds";
        return Program.run("oathtool", "--totp", "--base32", "--now", "now " + then, secret)
                .orFail()
                .stdout()
                .strip();
    }

    /** Gives the right password; returns what the second factor is asked with. */
    JsonObject givePassword() {
        JsonObject answer = product.anonymous()
                .post("/api/auth/login", credentials())
                .expect(200)
                .data();
        assertThat(answer.keySet()).containsExactly("secondFactor");
        return answer.getJsonObject("secondFactor");
    }

    String challenge() {
        return givePassword().getString("challenge");
    }

    Api.Answer answer(String challenge, String method, String code) {
        return product.anonymous()
                .post(
                        "/api/auth/second-factor",
                        Json.createObjectBuilder()
                                .add("challenge", challenge)
                                .add("method", method)
                                .add("code", code)
                                .build());
    }

    JsonObject credentials() {
        return Json.createObjectBuilder()
                .add("email", email)
                .add("password", Product.MEMBER_PASSWORD)
                .build();
    }

    private static JsonObject body(String name, String value) {
        return Json.createObjectBuilder().add(name, value).build();
    }
}
