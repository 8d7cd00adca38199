package io.vpnenterprise.systemtests;

import com.google.gson.JsonObject;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import jakarta.json.Json;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A real Chromium with a page of the product's own origin, and an authenticator that is Chromium's own, without a finger to
 * wait for. Not thread-safe.
 */
final class Browser implements AutoCloseable {

    private static final String CHROMIUM = "chromium";
    private static final String PAGE = "/passkey-test-page";

    private final Playwright playwright;
    private final Page page;
    private final CDPSession devTools;
    private String authenticator;

    /** @param origin as people would open it: a passkey belongs to the host's name */
    Browser(String origin) {
        Parts.require(CHROMIUM);
        Path chromium = Program.find(CHROMIUM).orElseThrow();
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        page = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(chromium)
                        .setArgs(List.of(
                                "--no-sandbox",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync",
                                "--disable-quic",
                                "--no-first-run")))
                .newPage();
        page.route(
                origin + PAGE,
                route -> route.fulfill(
                        new Route.FulfillOptions().setContentType("text/html").setBody("<title>test</title>")));
        page.navigate(origin + PAGE);
        devTools = page.context().newCDPSession(page);
        devTools.send("WebAuthn.enable");
        newAuthenticator();
    }

    /** Another device, without any keys; the old one is gone. */
    void newAuthenticator() {
        if (authenticator != null) {
            command("WebAuthn.removeVirtualAuthenticator", new JsonObject());
        }
        JsonObject options = new JsonObject();
        options.addProperty("protocol", "ctap2");
        options.addProperty("transport", "internal");
        options.addProperty("hasResidentKey", true);
        options.addProperty("hasUserVerification", true);
        options.addProperty("isUserVerified", true);
        JsonObject parameters = new JsonObject();
        parameters.add("options", options);
        authenticator = devTools.send("WebAuthn.addVirtualAuthenticator", parameters)
                .get("authenticatorId")
                .getAsString();
    }

    /** Whether the device recognises its owner's finger from now on. */
    void recogniseOwner(boolean recognise) {
        JsonObject parameters = new JsonObject();
        parameters.addProperty("isUserVerified", recognise);
        command("WebAuthn.setUserVerified", parameters);
    }

    /** The only key of the device, its private half included, as a thief would copy it. */
    JsonObject copyKey() {
        return command("WebAuthn.getCredentials", new JsonObject())
                .getAsJsonArray("credentials")
                .get(0)
                .getAsJsonObject();
    }

    /** Puts a copied key into the device. */
    void insertKey(JsonObject key) {
        JsonObject parameters = new JsonObject();
        parameters.add("credential", key);
        command("WebAuthn.addCredential", parameters);
    }

    /** Makes a passkey by a page's own means; returns its JSON. */
    jakarta.json.JsonObject create(jakarta.json.JsonObject options) {
        return evaluate("""
                async options => JSON.stringify((await navigator.credentials.create(
                    {publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(options))})).toJSON())""", options);
    }

    /** Signs by a passkey by a page's own means; returns its JSON. */
    jakarta.json.JsonObject get(jakarta.json.JsonObject options) {
        return evaluate("""
                async options => JSON.stringify((await navigator.credentials.get(
                    {publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options))})).toJSON())""", options);
    }

    private jakarta.json.JsonObject evaluate(String script, jakarta.json.JsonObject options) {
        String json = (String) page.evaluate(script, options.toString());
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }

    private JsonObject command(String name, JsonObject parameters) {
        parameters.addProperty("authenticatorId", authenticator);
        return devTools.send(name, parameters);
    }

    @Override
    public void close() {
        playwright.close();
    }
}
