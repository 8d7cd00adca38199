package io.vpnenterprise.query;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

/**
 * What a query gave.
 *
 * @param notices what the server said beside, such as by {@code RAISE NOTICE}
 * @param rolledBack whether the text began a transaction and did not end it: nothing of that stays
 * @param morePages whether further pages are kept, for a while
 */
public record QueryOutcome(
        UUID id,
        List<QueryResult> results,
        List<String> notices,
        Duration took,
        boolean rolledBack,
        boolean morePages) {}
