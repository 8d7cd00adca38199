package io.vpnenterprise.platform.web;

import jakarta.json.bind.Jsonb;
import jakarta.json.bind.JsonbBuilder;
import jakarta.json.bind.JsonbConfig;
import jakarta.json.bind.config.BinaryDataStrategy;

/** How we read and write JSON: the same on every server. */
final class Json {

    /** Thread-safe, by its contract. */
    static final Jsonb JSONB = JsonbBuilder.create(
            new JsonbConfig().withBinaryDataStrategy(BinaryDataStrategy.BASE_64).withNullValues(false));

    private Json() {}
}
