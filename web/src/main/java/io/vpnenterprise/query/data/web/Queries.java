package io.vpnenterprise.query.data.web;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.data.DataError;
import io.vpnenterprise.query.data.Filter;
import io.vpnenterprise.query.data.PageRequest;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a request's query as the original's clients write it. */
final class Queries {

    private static final Pattern PART = Pattern.compile("filter\\[([0-9]{1,4})]\\[(column|operator|value)]");

    private Queries() {}

    static PageRequest page(
            String page,
            String limit,
            String search,
            String sort,
            String order,
            MultivaluedMap<String, String> parameters) {
        return new PageRequest(
                number("page", page, 1),
                number("limit", limit, PageRequest.DEFAULT_LIMIT),
                given(search),
                given(sort),
                descending(order),
                filters(parameters));
    }

    private static int number(String field, String text, int otherwise) {
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, field, "not a number");
        }
    }

    private static Optional<String> given(String text) {
        return Optional.ofNullable(text).filter(value -> !value.isEmpty());
    }

    private static boolean descending(String order) {
        return switch (order == null ? "" : order) {
            case "", "asc", "ASC" -> false;
            case "desc", "DESC" -> true;
            default -> throw VpnException.ofField(DataError.INVALID_SORT, "order", null);
        };
    }

    private static List<Filter> filters(MultivaluedMap<String, String> parameters) {
        Map<Integer, Map<String, String>> parts = new TreeMap<>();
        List<Filter> filters = new ArrayList<>();
        parameters.forEach((name, values) -> {
            Matcher part = PART.matcher(name);
            if (part.matches()) {
                parts.computeIfAbsent(Integer.valueOf(part.group(1)), absent -> new TreeMap<>())
                        .put(part.group(2), values.get(0));
            } else if (name.equals("filter")) {
                values.forEach(value -> filters.addAll(ofJson(value)));
            } else if (name.startsWith("filter")) {
                // One that is not understood must not be one that lets everything through.
                throw VpnException.ofField(DataError.INVALID_FILTER, name, null);
            }
        });
        parts.values()
                .forEach(part -> filters.add(Filter.of(part.get("column"), part.get("operator"), part.get("value"))));
        return filters;
    }

    private static List<Filter> ofJson(String text) {
        JsonValue value = JsonRows.parameter("filter", text);
        List<JsonValue> all = value instanceof JsonArray array ? array : List.of(value);
        return all.stream().map(Queries::filter).toList();
    }

    private static Filter filter(JsonValue value) {
        if (!(value instanceof JsonObject object)) {
            throw VpnException.ofField(DataError.INVALID_FILTER, "filter", null);
        }
        String column = text(object.get("column"));
        String operator = text(object.get("operator"));
        return object.get("value") instanceof JsonArray values
                ? Filter.of(column, operator, values.stream().map(Queries::text).toList())
                : Filter.of(column, operator, text(object.get("value")));
    }

    private static String text(JsonValue value) {
        if (value == null || value == JsonValue.NULL) {
            return null;
        }
        return value instanceof JsonString string ? string.getString() : value.toString();
    }
}
