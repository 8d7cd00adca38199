package io.vpnenterprise.query.data.web;

import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.data.DataError;
import io.vpnenterprise.query.data.RowChanges;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;

/** Bodies that name and hold rows, in all the shapes that the original's clients send. */
final class RowBodies {

    private static final String DATA = "data";
    private static final String WHERE = "where";
    private static final String PRIMARY_KEYS = "primaryKeys";
    private static final String ORIGINAL = "originalData";

    private RowBodies() {}

    /** {@code {"data": row}}, or the row by itself. */
    static JsonObject row(JsonObject body) {
        return body.size() == 1 && body.get(DATA) instanceof JsonObject data ? data : body;
    }

    /** {@code {"where": key, "data": values}}, or {@code {"primaryKeys": names, "originalData": row, "data": values}}. */
    static RowChanges.Update update(JsonObject body) {
        JsonObject key =
                body.containsKey(WHERE) ? object(body, WHERE) : part(object(body, ORIGINAL), body.get(PRIMARY_KEYS));
        return new RowChanges.Update(key, object(body, DATA));
    }

    /** {@code {"where": key}}, or {@code {"primaryKeys": names, "data": row}}. */
    static JsonObject key(JsonObject body) {
        return body.containsKey(WHERE) ? object(body, WHERE) : part(object(body, DATA), body.get(PRIMARY_KEYS));
    }

    /** {@code {"rows": [row, …]}}. */
    static List<JsonObject> rows(JsonObject body) {
        if (!(body.get("rows") instanceof JsonArray rows) || !rows.stream().allMatch(JsonObject.class::isInstance)) {
            throw VpnException.ofField(DataError.INVALID_ROWS, "rows", null);
        }
        return rows.getValuesAs(JsonObject.class);
    }

    private static JsonObject object(JsonObject body, String name) {
        if (body.get(name) instanceof JsonObject object) {
            return object;
        }
        throw VpnException.ofField(DataError.INVALID_ROWS, name, null);
    }

    private static JsonObject part(JsonObject row, JsonValue names) {
        if (!(names instanceof JsonArray columns)) {
            throw VpnException.ofField(DataError.KEY_NEEDED, PRIMARY_KEYS, null);
        }
        JsonObjectBuilder part = Json.createObjectBuilder();
        for (JsonValue column : columns) {
            if (!(column instanceof JsonString name) || !row.containsKey(name.getString())) {
                throw VpnException.ofField(DataError.KEY_NEEDED, PRIMARY_KEYS, null);
            }
            part.add(name.getString(), row.get(name.getString()));
        }
        return part.build();
    }
}
