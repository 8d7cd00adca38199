package io.vpnenterprise.query.assistant;

import io.vpnenterprise.platform.BoundedHttp;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The configured model, by OpenAI's chat completions, which most services speak. Thread-safe. */
@ApplicationScoped
class ChatCompletions {

    private static final Logger LOG = Logger.getLogger(ChatCompletions.class.getName());

    private static final int MAX_ANSWER_BYTES = 256 * 1024;

    /** Each holds a thread until the model has spoken. */
    private static final int MOST_AT_ONCE = 8;

    @Inject
    AssistantConfig config;

    private BoundedHttp http;

    @PostConstruct
    void prepare() {
        http = new BoundedHttp(config.deadline(), MAX_ANSWER_BYTES, MOST_AT_ONCE);
    }

    /**
     * Asks the model, once.
     *
     * @param manner how it shall answer, and what it shall know
     * @throws VpnException {@code ASSISTANT_NOT_OFFERED}, {@code ASSISTANT_FAILED}
     */
    String answer(String manner, String question) {
        URI url = config.url().orElseThrow(() -> new VpnException(AssistantError.ASSISTANT_NOT_OFFERED));
        HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve("chat/completions"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body(manner, question)));
        config.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
        try {
            HttpResponse<byte[]> answer = http.send(request.build());
            if (answer.statusCode() != 200) {
                throw new VpnException(AssistantError.ASSISTANT_FAILED, "it answers " + answer.statusCode());
            }
            return firstChoice(new String(answer.body(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the assistant's service: {0}", e.getMessage());
            throw new VpnException(AssistantError.ASSISTANT_FAILED, null, e);
        }
    }

    private String body(String manner, String question) {
        return Json.createObjectBuilder()
                .add("model", config.model())
                .add("temperature", 0)
                .add("response_format", Json.createObjectBuilder().add("type", "json_object"))
                .add(
                        "messages",
                        Json.createArrayBuilder().add(message("system", manner)).add(message("user", question)))
                .build()
                .toString();
    }

    private static JsonObject message(String role, String content) {
        return Json.createObjectBuilder()
                .add("role", role)
                .add("content", content)
                .build();
    }

    private static String firstChoice(String answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer))) {
            return reader.readObject()
                    .getJsonArray("choices")
                    .getJsonObject(0)
                    .getJsonObject("message")
                    .getString("content");
        } catch (RuntimeException e) {
            // Of each of these steps another kind.
            throw new VpnException(AssistantError.ASSISTANT_FAILED, "its answer is no chat completion", e);
        }
    }
}
