package io.vpnenterprise.query;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Takes what a server says beside a statement's results off the driver while the statement runs. The driver keeps all of it
 * until somebody does, so a loop that raises notices would fill the memory of the whole application node. Thread-safe.
 */
@ApplicationScoped
class Notices {

    private static final Logger LOG = Logger.getLogger(Notices.class.getName());

    /** In which a server can say some 20 MB. */
    private static final long EVERY_MILLIS = 20;

    private static final int MOST = 100;
    private static final int MOST_OF_ONE = 2_000;

    @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
    ScheduledExecutorService clock;

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Work<T> {
        T take() throws SQLException;
    }

    /** While the statement is executed. */
    <T> T collect(Statement statement, List<String> into, Work<T> work) throws SQLException {
        return collect(new OfStatement(statement), into, work);
    }

    /** While further rows are fetched. */
    <T> T collect(ResultSet rows, List<String> into, Work<T> work) throws SQLException {
        return collect(new OfRows(rows), into, work);
    }

    private <T> T collect(Source source, List<String> into, Work<T> work) throws SQLException {
        Collecting collecting = new Collecting(source, into);
        Future<?> ticks =
                clock.scheduleWithFixedDelay(collecting::take, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        try {
            return work.take();
        } finally {
            ticks.cancel(false);
            collecting.end();
        }
    }

    /** What the driver hangs notices on. */
    private interface Source {
        SQLWarning get() throws SQLException;

        void clear() throws SQLException;
    }

    private record OfStatement(Statement statement) implements Source {
        @Override
        public SQLWarning get() throws SQLException {
            return statement.getWarnings();
        }

        @Override
        public void clear() throws SQLException {
            statement.clearWarnings();
        }
    }

    private record OfRows(ResultSet rows) implements Source {
        @Override
        public SQLWarning get() throws SQLException {
            return rows.getWarnings();
        }

        @Override
        public void clear() throws SQLException {
            rows.clearWarnings();
        }
    }

    private static final class Collecting {

        private final Source source;
        private final List<String> into;
        private boolean ended;

        Collecting(Source source, List<String> into) {
            this.source = source;
            this.into = into;
        }

        synchronized void take() {
            if (ended) {
                return;
            }
            try {
                SQLWarning warning = source.get();
                source.clear();
                while (warning != null && into.size() < MOST) {
                    String text = String.valueOf(warning.getMessage());
                    into.add(text.substring(0, Math.min(text.length(), MOST_OF_ONE)));
                    warning = warning.getNextWarning();
                }
            } catch (SQLException e) {
                // It has been closed, by the deadline's end or the member's.
                LOG.log(Level.FINE, "no more notices", e);
            }
        }

        /** With what came last. */
        synchronized void end() {
            take();
            ended = true;
        }
    }
}
