package io.vpnenterprise.platform;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param total of all pages
 * @param page the first is 1
 */
public record Page<T>(List<T> items, long total, int page, int pageSize) {

    public static final int DEFAULT_SIZE = 20;
    public static final int MAX_SIZE = 100;

    /** Which page is wanted. */
    public record Request(int page, int pageSize) {
        public Request {
            if (page < 1 || page > 1_000_000) {
                throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "page", "1 to 1000000");
            }
            if (pageSize < 1 || pageSize > MAX_SIZE) {
                throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "pageSize", "1 to " + MAX_SIZE);
            }
        }

        public int offset() {
            return Math.multiplyExact(page - 1, pageSize);
        }
    }

    public Page {
        items = List.copyOf(items);
    }

    public static <T> Page<T> of(List<T> items, long total, Request request) {
        return new Page<>(items, total, request.page(), request.pageSize());
    }

    public <R> Page<R> map(Function<? super T, ? extends R> mapping) {
        return new Page<>(items.stream().<R>map(mapping).toList(), total, page, pageSize);
    }
}
