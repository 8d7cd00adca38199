package io.vpnenterprise.query.data.web;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonReaderFactory;
import jakarta.json.JsonValue;
import java.io.StringReader;
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

    /** A value that a request's query has. */
    static JsonValue parameter(String name, String text) {
        try (JsonReader reader = READERS.createReader(new StringReader(text))) {
            return reader.readValue();
        } catch (JsonException e) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, name, "not JSON");
        }
    }
}
