package io.vpnenterprise.systemtests;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a test made: removed in the opposite order, the rest also when one will not go. */
final class Cleanup implements AutoCloseable {

    private final Deque<AutoCloseable> made = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T thing) {
        made.push(thing);
        return thing;
    }

    @Override
    public void close() {
        AssertionError failure = null;
        while (!made.isEmpty()) {
            try {
                made.pop().close();
            } catch (Exception | AssertionError e) {
                failure = failure == null ? new AssertionError("not all that the test made is gone") : failure;
                failure.addSuppressed(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
