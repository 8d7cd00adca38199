package io.vpnenterprise.systemtests;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Says of every use of a refresh token of one session what must come of it, from nothing but what the clients saw: what was
 * presented and answered, and between which two moments. Where the moments leave it open on which side of the grace
 * something lay, it says so.
 */
final class RefreshOracle {

    /** What must come of a use. */
    enum Verdict {
        /** The token or its owner's second try: new tokens. */
        HONEST,
        /** Two have the token: the session ends. */
        REPLAY,
        /** The machine was too slow to tell. */
        OPEN
    }

    /** What is known of one token. */
    private static final class Token {
        /** The earliest and the latest moment at which its successor was given; in nanoseconds. */
        private long givenAfter;

        private long givenBefore;
        /** When a request with it went out whose answer nobody read. */
        private long lostAt = Long.MAX_VALUE;

        private String successor;
        private boolean superseded;
    }

    private final Map<String, Token> tokens = new HashMap<>();
    private final long grace;

    RefreshOracle(Duration grace) {
        this.grace = grace.toNanos();
    }

    /**
     * @param sentAt when the request went out
     * @param readAt when its answer was there
     */
    synchronized Verdict verdict(String presented, long sentAt, long readAt) {
        Token token = tokens.get(presented);
        if (token == null) {
            return Verdict.HONEST;
        }
        if (token.superseded) {
            return Verdict.REPLAY;
        }
        if (token.successor == null || !isUsed(token.successor)) {
            return Verdict.HONEST;
        }
        if (readAt - token.givenAfter < grace) {
            return Verdict.HONEST;
        }
        return sentAt - token.givenBefore > grace ? Verdict.REPLAY : Verdict.OPEN;
    }

    /** Notes new tokens; what they must be follows from the rule too. */
    synchronized void answered(String presented, String successor, long sentAt, long readAt) {
        Token token = tokens.computeIfAbsent(presented, text -> new Token());
        Token next = tokens.computeIfAbsent(successor, text -> new Token());
        if (successor.equals(token.successor)) {
            if (sentAt - token.givenBefore > grace) {
                throw new AssertionError("the same successor beyond the grace");
            }
            // Of several at once, any may have been the one that it was given to first.
            token.givenAfter = Math.min(token.givenAfter, sentAt);
            token.givenBefore = Math.min(token.givenBefore, readAt);
            return;
        }
        if (next.superseded) {
            throw new AssertionError("a superseded token was given again");
        }
        if (token.successor != null) {
            if (readAt - token.givenAfter < grace) {
                throw new AssertionError("another successor within the grace");
            }
            tokens.get(token.successor).superseded = true;
        }
        token.successor = successor;
        token.givenAfter = Math.min(sentAt, token.lostAt);
        token.givenBefore = readAt;
    }

    /** Notes a request whose answer nobody read: it may have been the one that made the successor. */
    synchronized void lost(String presented, long sentAt) {
        Token token = tokens.computeIfAbsent(presented, text -> new Token());
        token.lostAt = Math.min(token.lostAt, sentAt);
    }

    private boolean isUsed(String text) {
        Token token = tokens.get(text);
        return token != null && token.successor != null;
    }
}
