package io.vpnenterprise.query.data;

import io.vpnenterprise.platform.VpnException;
import java.util.List;
import java.util.Optional;

/**
 * Which rows somebody wants to see.
 *
 * @param page from 1
 * @param search in all columns of text, without case; no pattern
 * @param sort a column; absent: by the primary key
 */
public record PageRequest(
        int page, int limit, Optional<String> search, Optional<String> sort, boolean descending, List<Filter> filters) {

    public static final int DEFAULT_LIMIT = 50;

    /** The original's largest. */
    private static final int MOST_ROWS = 200;

    private static final int LAST_PAGE = 1_000_000;

    public PageRequest {
        if (page < 1 || page > LAST_PAGE || limit < 1 || limit > MOST_ROWS) {
            throw new VpnException(DataError.INVALID_PAGE);
        }
        if (filters.size() > Filter.MOST) {
            throw VpnException.ofField(DataError.INVALID_FILTER, "filter", "at most " + Filter.MOST);
        }
        filters = List.copyOf(filters);
    }

    long offset() {
        return (page - 1L) * limit;
    }
}
