package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.JsonbException;
import jakarta.json.bind.config.BinaryDataStrategy;
import jakarta.json.bind.serializer.DeserializationContext;
import jakarta.json.bind.serializer.JsonbDeserializer;
import jakarta.json.stream.JsonParser;
import jakarta.json.stream.JsonParserFactory;
import java.io.StringReader;
import java.lang.reflect.Type;
import java.util.Map;

/** How we read and write JSON: the same on every server. */
final class Json {

    /** Thread-safe, by its contract. */
    static final Jsonb JSONB = JsonbBuilder.create(new JsonbConfig()
            .withBinaryDataStrategy(BinaryDataStrategy.BASE_64)
            .withDeserializers(new WholeNumbers())
            .withNullValues(false));

    /** Thread-safe, by its contract. */
    private static final JsonParserFactory PARSERS = jakarta.json.Json.createParserFactory(Map.of());

    private Json() {}

    /**
     * Refuses a text that is not one JSON value, whole and without anything behind it. JSON-B must not get one: skipping an
     * unknown field that is never closed, Parsson 1.1.7 reads on for ever.
     */
    static void requireValid(String text) {
        try (JsonParser parser = PARSERS.createParser(new StringReader(text))) {
            while (parser.hasNext()) {
                parser.next();
            }
        } catch (RuntimeException e) {
            // Of any kind: for a thousand levels Parsson throws a bare one.
            throw new VpnException(PlatformError.MALFORMED_JSON, null, e);
        }
    }

    /** JSON-B cuts 1024.5 and 2^32 + 1024 down to 1024. */
    private static final class WholeNumbers implements JsonbDeserializer<Integer> {
        @Override
        public Integer deserialize(JsonParser parser, DeserializationContext context, Type type) {
            try {
                return parser.getBigDecimal().intValueExact();
            } catch (ArithmeticException | IllegalStateException e) {
                throw new JsonbException("not a whole number of 32 bits", e);
            }
        }
    }
}
