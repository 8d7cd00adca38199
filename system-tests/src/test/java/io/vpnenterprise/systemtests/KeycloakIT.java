package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Sign-in by a real Keycloak, through its own login form; its groups give roles and take them. */
@Tag("chaos")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KeycloakIT {

    private static final String REALM = "corp";
    private static final String CLIENT = "vpn-enterprise";
    private static final String SECRET = "the secret between the two";
    private static final String PASSWORD = "a person's password";
    private static final Pattern FORM = Pattern.compile("<form[^>]*action=\"([^\"]+)\"");

    private final Cleanup made = new Cleanup();
    private Keycloak keycloak;
    private Product product;

    @BeforeAll
    void start() {
        int port = Keycloak.freePort();
        keycloak = made.add(Keycloak.start(port));
        Map<String, String> settings = new HashMap<>();
        settings.put("VPN_OIDC_PROVIDERS", REALM);
        settings.put("VPN_OIDC_CORP_ISSUER", Keycloak.issuer(port, REALM));
        settings.put("VPN_OIDC_CORP_CLIENT_ID", CLIENT);
        settings.put("VPN_OIDC_CORP_CLIENT_SECRET", SECRET);
        settings.put("VPN_OIDC_CORP_ADMIN_GROUPS", "ops");
        settings.put("VPN_OIDC_CORP_SUPER_ADMIN_GROUPS", "owners");
        product = made.add(Product.start(settings));
        keycloak.addRealm(Json.createObjectBuilder()
                .add("realm", REALM)
                .add("enabled", true)
                .add(
                        "groups",
                        Json.createArrayBuilder()
                                .add(name("ops"))
                                .add(name("owners"))
                                .add(name("staff")))
                .add("clients", Json.createArrayBuilder().add(client()))
                .build());
    }

    @AfterAll
    void stop() {
        made.close();
    }

    @Test
    void givesAndTakesRolesByItsGroups() {
        String email = Api.newEmail();
        String person = addPerson(email, true);
        Api first = signedIn(email);
        assertThat(role(first)).isEqualTo("user");
        String firstId = userId(first);

        join(person, "ops");
        Api admin = signedIn(email);
        assertThat(role(admin)).isEqualTo("admin");
        assertThat(userId(admin)).isEqualTo(firstId);
        admin.get("/api/admin/authz").expect(204);
        first.get("/api/auth/me").expect(401);

        leave(person, "ops");
        Api member = signedIn(email);
        assertThat(role(member)).isEqualTo("user");
        member.get("/api/admin/authz").expect(403);
        admin.get("/api/auth/me").expect(401);
    }

    /** The provider may take its super admins away, so the platform keeps one of its own. */
    @Test
    void countsNoSuperAdminByItsGroupsAsTheLastOne() {
        String email = Api.newEmail();
        String person = addPerson(email, true);
        join(person, "owners");
        Api owner = signedIn(email);
        assertThat(role(owner)).isEqualTo("super_admin");

        Api.Answer refused =
                owner.send("PATCH", "/api/admin/users/" + userId(product.admin()) + "/role", "{\"role\":\"user\"}");
        assertThat(refused.expect(409).code()).isEqualTo("LAST_SUPER_ADMIN");

        leave(person, "owners");
        assertThat(role(signedIn(email))).isEqualTo("user");
    }

    @Test
    void believesNoAddressThatNobodyVerified() {
        String email = Api.newEmail();
        addPerson(email, false);

        assertThat(comesBack(email, PASSWORD).expect(403).code()).isEqualTo("PROVIDER_EMAIL_UNVERIFIED");
    }

    @Test
    void followsItsKeys() {
        String email = Api.newEmail();
        addPerson(email, true);
        signedIn(email);
        Api admin = keycloak.admin();
        String realmId = admin.get("/admin/realms/" + REALM).expect(200).json().getString("id");
        admin.post("/admin/realms/" + REALM + "/components", """
                        {"name":"newer","providerId":"rsa-generated","providerType":"org.keycloak.keys.KeyProvider",
                         "parentId":"%s","config":{"priority":["1000"],"active":["true"],"enabled":["true"]}}""".formatted(realmId))
                .expect(201);

        signedIn(email);
    }

    /** Through the login form, as a browser. */
    private Api.Answer comesBack(String email, String password) {
        Api program = product.anonymous();
        Api.Answer start = program.get("/api/auth/oidc/corp/start").expect(303);
        String ours = cookies(start);
        URI login = URI.create(start.header("Location"));
        Api.Answer page = keycloak.api()
                .get(login.getRawPath() + "?" + login.getRawQuery())
                .expect(200);
        Matcher form = FORM.matcher(page.text());
        assertThat(form.find()).as(page.text()).isTrue();
        URI action = URI.create(form.group(1).replace("&amp;", "&"));
        Api.Answer signedIn = keycloak.api()
                .withHeader("Cookie", cookies(page))
                .send(
                        "POST",
                        action.getRawPath() + "?" + action.getRawQuery(),
                        "application/x-www-form-urlencoded",
                        HttpRequest.BodyPublishers.ofString(
                                Keycloak.form(Map.of("username", email, "password", password))))
                .expect(302);
        URI callback = URI.create(signedIn.header("Location"));
        return program.withHeader("Cookie", ours).get(callback.getRawPath() + "?" + callback.getRawQuery());
    }

    private Api signedIn(String email) {
        return product.anonymous()
                .withToken(comesBack(email, PASSWORD).expect(200).data().getString("accessToken"));
    }

    private static String cookies(Api.Answer answer) {
        return answer.headers().allValues("Set-Cookie").stream()
                .map(cookie -> cookie.split(";", 2)[0])
                .collect(Collectors.joining("; "));
    }

    private String addPerson(String email, boolean verified) {
        String location = keycloak.admin()
                .post(
                        "/admin/realms/" + REALM + "/users",
                        Json.createObjectBuilder()
                                .add("username", email)
                                .add("email", email)
                                .add("firstName", "a")
                                .add("lastName", "b")
                                .add("emailVerified", verified)
                                .add("enabled", true)
                                .add(
                                        "credentials",
                                        Json.createArrayBuilder()
                                                .add(Json.createObjectBuilder()
                                                        .add("type", "password")
                                                        .add("value", PASSWORD)))
                                .build())
                .expect(201)
                .header("Location");
        return location.substring(location.lastIndexOf('/') + 1);
    }

    private void join(String person, String group) {
        keycloak.admin().send("PUT", membership(person, group), "{}").expect(204);
    }

    private void leave(String person, String group) {
        keycloak.admin().delete(membership(person, group)).expect(204);
    }

    private String membership(String person, String group) {
        Api.Answer groups =
                keycloak.admin().get("/admin/realms/" + REALM + "/groups").expect(200);
        Matcher id = Pattern.compile("\"id\":\"([^\"]+)\",\"name\":\"" + group + "\"")
                .matcher(groups.text());
        assertThat(id.find()).as(groups.text()).isTrue();
        return "/admin/realms/" + REALM + "/users/" + person + "/groups/" + id.group(1);
    }

    private static JsonObjectBuilder name(String group) {
        return Json.createObjectBuilder().add("name", group);
    }

    private JsonObject client() {
        return Json.createObjectBuilder()
                .add("clientId", CLIENT)
                .add("secret", SECRET)
                .add("enabled", true)
                .add(
                        "redirectUris",
                        Json.createArrayBuilder(List.of(product.publicUrl() + "/api/auth/oidc/corp/callback")))
                .add("attributes", Json.createObjectBuilder().add("pkce.code.challenge.method", "S256"))
                .add(
                        "protocolMappers",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("name", "groups")
                                        .add("protocol", "openid-connect")
                                        .add("protocolMapper", "oidc-group-membership-mapper")
                                        .add(
                                                "config",
                                                Json.createObjectBuilder()
                                                        .add("claim.name", "groups")
                                                        .add("full.path", "false")
                                                        .add("id.token.claim", "true"))))
                .build();
    }

    private static String userId(Api user) {
        return user.get("/api/auth/me").expect(200).data().getString("id");
    }

    private static String role(Api user) {
        return user.get("/api/auth/me").expect(200).data().getString("role");
    }
}
