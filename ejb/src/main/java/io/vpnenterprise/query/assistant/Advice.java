package io.vpnenterprise.query.assistant;

import java.util.List;
import java.util.Optional;

/**
 * What the model said. It may be wrong, and nobody has run it.
 *
 * @param sql empty when there is none
 * @param catalogueCut whether the database has more tables than the model was told
 */
public record Advice(
        Optional<String> sql, String explanation, List<String> suggestions, String model, boolean catalogueCut) {}
