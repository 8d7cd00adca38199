package io.vpnenterprise.access;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/** Does two steps for each page of a list, in order; the first step for one page beside the second for the page before. */
final class ReadAhead {

    private ReadAhead() {}

    /**
     * The use of a page begins when that of the page before has ended well. What a step throws leaves as it is, and the
     * pages after it are not used.
     *
     * @param executor where pages are read; one is read here when it takes no more
     */
    static <T, P> void eachPage(List<T> all, int size, Executor executor, Function<List<T>, P> read, Consumer<P> use) {
        CompletableFuture<P> next = reading(all, 0, size, executor, read);
        for (int from = 0; from < all.size(); from += size) {
            P page = result(next);
            next = reading(all, from + size, size, executor, read);
            try {
                use.accept(page);
            } catch (RuntimeException e) {
                next.cancel(false);
                throw e;
            }
        }
    }

    private static <T, P> CompletableFuture<P> reading(
            List<T> all, int from, int size, Executor executor, Function<List<T>, P> read) {
        if (from >= all.size()) {
            return CompletableFuture.completedFuture(null);
        }
        List<T> page = all.subList(from, Math.min(from + size, all.size()));
        try {
            return CompletableFuture.supplyAsync(() -> read.apply(page), executor);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(read.apply(page));
        }
    }

    private static <P> P result(CompletableFuture<P> page) {
        try {
            return page.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw e;
        }
    }
}
