package io.vpnenterprise.query.data.web;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Rows as JSON. */
final class JsonRows {

    private static final JsonReaderFactory READERS = Json.createReaderFactory(Map.of());

    private JsonRows() {}

    /** A row that PostgreSQL wrote. */
    static JsonObject read(String row) {
        try (JsonReader reader = READERS.createReader(new StringReader(row))) {
            return reader.readObject();
        }
    }

    /** A request's body. */
    static JsonObject body(byte[] body) {
        try (JsonReader reader = READERS.createReader(new StringReader(new String(body, StandardCharsets.UTF_8)))) {
            return reader.readObject();
        } catch (RuntimeException e) {
            // Of any kind: for a thousand levels the parser throws a bare one.
            throw new VpnException(PlatformError.MALFORMED_JSON, null, e);
        }
    }

    /** A value that a request's query has. */
    static JsonValue parameter(String name, String text) {
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            return reader.readValue();
        } catch (RuntimeException e) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, name, "not JSON");
        }
    }
}
