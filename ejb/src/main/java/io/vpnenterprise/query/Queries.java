package io.vpnenterprise.query;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.query.QueryRows.Outcome;
import io.vpnenterprise.query.Statements.Part;
import io.vpnenterprise.tenants.TenantMembership;
import io.vpnenterprise.tenants.TenantMemberships;
import io.vpnenterprise.tenants.TenantRole;
import io.vpnenterprise.tenants.TenantSession;
import io.vpnenterprise.tenants.TenantSessions;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Runs members' SQL. Each query has a session of its own, with the role that the member has in the database, and no
 * transaction of ours: while PostgreSQL works, nothing of the platform's is held.
 *
 * <p>Statements of one text run one after another, each a transaction of its own unless the text says {@code BEGIN}; the first
 * that fails ends the query.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class Queries {

    @Inject
    TenantSessions sessions;

    @Inject
    TenantMemberships memberships;

    @Inject
    QueryRows rows;

    @Inject
    QueryPlaces places;

    @Inject
    HeldPages pages;

    @Inject
    Notices notices;

    @Inject
    Deadlines deadlines;

    /**
     * Runs a query.
     *
     * @throws VpnException {@code QUERY_FAILED} and its like as {@link QueryFailure.Refused}; {@code TOO_MANY_QUERIES}, and
     *     what {@link TenantSessions#open} throws
     */
    public QueryOutcome run(Caller caller, UUID tenantId, QueryRequest request) {
        Statements statements = Statements.of(request.sql());
        if (!request.parameters().isEmpty() || request.pageSize().isPresent()) {
            statements.one();
        }
        Runnable release = places.take(tenantId, caller.userId());
        TenantSession session = null;
        boolean held = false;
        try {
            session = sessions.open(caller, tenantId, TenantRole.VIEWER);
            Work work = new Work(caller, session, QueryRows.Backend.of(caller, session), request, release);
            rows.begin(caller, session, work.backend, request);
            QueryOutcome outcome = noted(work, statements);
            held = outcome.morePages();
            return outcome;
        } finally {
            if (!held) {
                if (session != null) {
                    session.close();
                }
                release.run();
            }
        }
    }

    /** However it ends, its row says so. */
    private QueryOutcome noted(Work work, Statements statements) {
        try {
            QueryOutcome outcome = inTime(
                    work,
                    () -> work.request.pageSize().isPresent()
                            ? firstPage(work, statements.one())
                            : all(work, statements));
            if (!outcome.morePages()) {
                end(work, Outcome.DONE, null);
            }
            return outcome;
        } catch (SQLException e) {
            throw refused(work, e);
        } catch (RuntimeException e) {
            end(work, Outcome.FAILED, null);
            throw e;
        }
    }

    private Outcome end(Work work, Outcome outcome, String sqlState) {
        // Who reads that it has ended shall find no process of it.
        work.session.close();
        return rows.end(work.caller, work.session.tenantId(), work.request.id(), outcome, sqlState, work.rows);
    }

    private interface Step {
        QueryOutcome take() throws SQLException;
    }

    private QueryOutcome inTime(Work work, Step step) throws SQLException {
        try (Deadlines.Deadline deadline = deadlines.set(work.session, work.backend, work.limit())) {
            work.deadline = deadline;
            return step.take();
        }
    }

    /** A query under way. */
    private static final class Work {
        final Caller caller;
        final TenantSession session;
        final QueryRows.Backend backend;
        final QueryRequest request;
        final Runnable release;
        final long began = System.nanoTime();
        final ResultReader reader = new ResultReader();
        final List<String> notices = new ArrayList<>();
        Part part;
        long rows;
        Deadlines.Deadline deadline;

        Work(Caller caller, TenantSession session, QueryRows.Backend backend, QueryRequest request, Runnable release) {
            this.caller = caller;
            this.session = session;
            this.backend = backend;
            this.request = request;
            this.release = release;
        }

        Connection connection() {
            return session.connection();
        }

        Duration took() {
            return Duration.ofNanos(System.nanoTime() - began);
        }

        private Duration limit() {
            Duration ofThePlan = session.plan().statement();
            return request.timeout().compareTo(ofThePlan) < 0 ? request.timeout() : ofThePlan;
        }

        boolean isLate() {
            return deadline != null && deadline.isOver();
        }
    }

    private QueryOutcome all(Work work, Statements statements) throws SQLException {
        List<QueryResult> results = new ArrayList<>();
        for (Part part : statements.parts()) {
            work.part = part;
            try (PreparedOrPlain statement = PreparedOrPlain.of(work.connection(), part, work.request)) {
                // One more than is wanted, to know whether there are more.
                statement.statement().setMaxRows(work.request.maxRows() + 1);
                results.add(notices.collect(statement.statement(), work.notices, () -> result(work, part, statement)));
            }
        }
        boolean open = work.connection().unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE;
        return new QueryOutcome(work.request.id(), results, work.notices, work.took(), open, false);
    }

    private static QueryResult result(Work work, Part part, PreparedOrPlain statement) throws SQLException {
        if (!statement.execute()) {
            long affected = statement.statement().getLargeUpdateCount();
            work.rows += Math.max(0, affected);
            return new QueryResult(
                    part.number(), List.of(), List.of(), Optional.of(affected).filter(many -> many >= 0), false);
        }
        try (ResultSet set = statement.statement().getResultSet()) {
            List<QueryResult.Column> columns = ResultReader.columns(set);
            ResultReader.Rows read = work.reader.read(set, columns, work.request.maxRows());
            boolean more = read.more() && set.next();
            work.rows += read.rows().size();
            return new QueryResult(part.number(), columns, read.rows(), Optional.empty(), more);
        }
    }

    /**
     * The portal stays open behind the first page: in a transaction, and with a number of rows to fetch (JDBC, 13.1). It
     * writes nothing, for what is not read to its end is rolled back.
     */
    private QueryOutcome firstPage(Work work, Part part) throws SQLException {
        work.part = part;
        work.connection().setReadOnly(true);
        int pageSize = work.request.pageSize().orElseThrow();
        work.connection().setAutoCommit(false);
        PreparedOrPlain statement = PreparedOrPlain.of(work.connection(), part, work.request);
        statement.statement().setFetchSize(pageSize + 1);
        if (!notices.collect(statement.statement(), work.notices, statement::execute)) {
            long affected = statement.statement().getLargeUpdateCount();
            work.connection().commit();
            work.rows = Math.max(0, affected);
            QueryResult result = new QueryResult(
                    1, List.of(), List.of(), Optional.of(affected).filter(many -> many >= 0), false);
            return new QueryOutcome(work.request.id(), List.of(result), work.notices, work.took(), false, false);
        }
        ResultSet set = statement.statement().getResultSet();
        return page(
                work,
                new HeldPages.Held(
                        work.request.id(),
                        work.caller,
                        work.session,
                        work.backend,
                        set,
                        ResultReader.columns(set),
                        pageSize,
                        0,
                        work.release,
                        System.nanoTime()));
    }

    private QueryOutcome page(Work work, HeldPages.Held held) throws SQLException {
        ResultReader.Rows read = notices.collect(
                held.rows(), work.notices, () -> work.reader.read(held.rows(), held.columns(), held.pageSize()));
        boolean more = read.more() && !isAtEnd(held.rows());
        work.rows = held.read() + read.rows().size();
        if (more) {
            pages.keep(new HeldPages.Held(
                    held.id(),
                    held.caller(),
                    held.session(),
                    held.backend(),
                    held.rows(),
                    held.columns(),
                    held.pageSize(),
                    work.rows,
                    held.release(),
                    System.nanoTime()));
        } else {
            work.connection().commit();
        }
        QueryResult result = new QueryResult(1, held.columns(), read.rows(), Optional.empty(), more);
        return new QueryOutcome(held.id(), List.of(result), work.notices, work.took(), false, more);
    }

    /** The driver knows, since it fetches one row more than a page. */
    private static boolean isAtEnd(ResultSet rows) throws SQLException {
        return rows.isLast() || rows.isAfterLast();
    }

    /**
     * The next page of a paged query of the caller.
     *
     * @throws VpnException {@code QUERY_PAGES_GONE}, also on another application node than the one that has them
     */
    public QueryOutcome next(Caller caller, UUID tenantId, UUID queryId) {
        TenantMembership membership = memberships.require(caller, tenantId, TenantRole.VIEWER);
        HeldPages.Held held = pages.take(tenantId, caller.userId(), queryId);
        Work work = new Work(
                caller,
                held.session(),
                held.backend(),
                QueryRequest.of(queryId, "next page", List.of(), null, null, held.pageSize()),
                held.release());
        work.rows = held.read();
        work.part = new Part(1, "next page", 0);
        boolean kept = false;
        try {
            if (membership.role().login() != held.session().role().login()) {
                end(work, Outcome.FAILED, null);
                throw new VpnException(QueryError.QUERY_PAGES_GONE, "your role is another one now");
            }
            QueryOutcome outcome = inTime(work, () -> page(work, held));
            kept = outcome.morePages();
            if (!kept) {
                end(work, Outcome.DONE, null);
            }
            return outcome;
        } catch (SQLException e) {
            throw refused(work, e);
        } finally {
            if (!kept) {
                held.close();
            }
        }
    }

    private VpnException refused(Work work, SQLException e) {
        QueryFailure failure = QueryFailure.of(e, work.part, work.request.sql());
        Outcome outcome = end(
                work, work.isLate() || failure.isCancelled() ? Outcome.TIMED_OUT : Outcome.FAILED, failure.sqlState());
        return new QueryFailure.Refused(codeOf(outcome), failure, e);
    }

    static QueryError codeOf(Outcome outcome) {
        return switch (outcome) {
            case CANCELLED -> QueryError.QUERY_CANCELLED;
            case TIMED_OUT -> QueryError.QUERY_TIMED_OUT;
            default -> QueryError.QUERY_FAILED;
        };
    }

    /**
     * Ends a query on its server, with its process: the caller's own, or, as an admin of the tenant, anybody's.
     *
     * @throws VpnException {@code QUERY_NOT_FOUND} when none is under way
     */
    public void cancel(Caller caller, UUID tenantId, UUID queryId) {
        TenantMembership membership = memberships.require(caller, tenantId, TenantRole.VIEWER);
        QueryRows.Backend backend = rows.backend(tenantId, queryId)
                .filter(found -> found.userId().equals(caller.userId())
                        || membership.role().isAtLeast(TenantRole.ADMIN))
                .orElseThrow(() -> new VpnException(QueryError.QUERY_NOT_FOUND, queryId.toString()));
        rows.noteCancelled(caller, tenantId, queryId);
        boolean ended = sessions.end(tenantId, backend.pid(), backend.start());
        pages.cancel(queryId);
        if (!ended) {
            throw new VpnException(QueryError.QUERY_NOT_FOUND, queryId.toString());
        }
    }

    /** A statement with parameters, or one without, in which a question mark is a question mark. */
    private record PreparedOrPlain(Statement statement, Part part) implements AutoCloseable {

        static PreparedOrPlain of(Connection connection, Part part, QueryRequest request) throws SQLException {
            Parameters parameters = Parameters.of(part.sql());
            if (parameters.numbers().isEmpty() && request.parameters().isEmpty()) {
                Statement plain = connection.createStatement();
                // Of JDBC's own, in curly brackets: here SQL is PostgreSQL's alone.
                plain.setEscapeProcessing(false);
                return new PreparedOrPlain(plain, part);
            }
            PreparedStatement prepared = connection.prepareStatement(parameters.sql());
            parameters.bind(prepared, request.parameters());
            return new PreparedOrPlain(prepared, part);
        }

        boolean execute() throws SQLException {
            return statement instanceof PreparedStatement prepared ? prepared.execute() : statement.execute(part.sql());
        }

        @Override
        public void close() throws SQLException {
            statement.close();
        }
    }
}
