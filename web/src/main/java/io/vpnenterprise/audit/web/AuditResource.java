package io.vpnenterprise.audit.web;

import io.vpnenterprise.audit.AuditExports;
import io.vpnenterprise.audit.AuditFilter;
import io.vpnenterprise.audit.AuditHead;
import io.vpnenterprise.audit.AuditTrail;
import io.vpnenterprise.audit.AuditVerification;
import io.vpnenterprise.audit.VerificationRuns;
import io.vpnenterprise.platform.AuditEvent.Severity;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import jakarta.ws.rs.core.UriInfo;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The whole log, for admins. */
@Path("admin")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "admin")
@Tag(name = "Audit")
public class AuditResource {

    private static final String NEXT_CURSOR = "Next-Cursor";

    /** What a list or an export may be narrowed by. */
    public static class Query {

        /** An account's id, or an e-mail address, {@code system}, {@code unknown}. */
        @QueryParam("actor")
        String actor;

        @QueryParam("action")
        String action;

        /** The target's id. */
        @QueryParam("target")
        String target;

        /** {@code INFO}, {@code WARNING} or {@code CRITICAL}, in any case. */
        @QueryParam("severity")
        String severity;

        @QueryParam("organisation")
        String organisation;

        @QueryParam("from")
        String from;

        @QueryParam("to")
        String to;

        /** Of the request that made it happen, as its answer named it. */
        @QueryParam("requestId")
        String requestId;

        /** The client's. */
        @QueryParam("address")
        String address;

        /** Anywhere in names, action, address, request id or details. */
        @QueryParam("text")
        String text;

        AuditFilter filter() {
            return new AuditFilter(
                    given(actor),
                    given(action),
                    given(target),
                    read("severity", severity, Query::severity),
                    Optional.empty(),
                    read("organisation", organisation, UUID::fromString),
                    read("from", from, OffsetDateTime::parse).map(Query::utc),
                    read("to", to, OffsetDateTime::parse).map(Query::utc),
                    given(requestId),
                    given(address),
                    given(text));
        }

        private static Severity severity(String text) {
            return Severity.valueOf(text.toUpperCase(java.util.Locale.ROOT));
        }

        /** Years that the database does not have are nobody's. */
        private static OffsetDateTime utc(OffsetDateTime time) {
            if (time.getYear() < 2000 || time.getYear() > 9999) {
                throw new IllegalArgumentException("year " + time.getYear());
            }
            return time.withOffsetSameInstant(ZoneOffset.UTC);
        }

        private static Optional<String> given(String text) {
            return Optional.ofNullable(text).map(String::strip).filter(value -> !value.isEmpty());
        }

        private static <T> Optional<T> read(String name, String text, Function<String, T> reading) {
            try {
                return given(text).map(reading);
            } catch (IllegalArgumentException | java.time.DateTimeException e) {
                throw VpnException.ofField(PlatformError.INVALID_PARAMETER, name, "not a value of it");
            }
        }
    }

    /**
     * The end of the log, and the same as text to note outside.
     *
     * @param sound false when somebody touched the end: then it is not to be noted
     */
    public record HeadView(long sequence, String hash, String anchor, boolean sound) {
        static HeadView from(AuditTrail.End end) {
            AuditHead head = end.head();
            return new HeadView(head.sequence(), head.hash(), head.anchor(), end.sound());
        }
    }

    /** The first touched entry, and how: {@code CHANGED}, {@code MISSING}, {@code INSERTED}, … */
    public record TouchedView(long sequence, String damage) {
        static TouchedView from(Optional<AuditVerification.Touched> touched) {
            return touched.map(first ->
                            new TouchedView(first.sequence(), first.damage().name()))
                    .orElse(null);
        }
    }

    /**
     * What the verification found.
     *
     * @param entries how many were read: all, or those up to the touched one
     */
    public record VerificationView(
            boolean whole, TouchedView firstTouched, long entries, double seconds, HeadView head, OffsetDateTime at) {
        static VerificationView from(AuditVerification.Verdict verdict) {
            return new VerificationView(
                    verdict.touched().isEmpty(),
                    TouchedView.from(verdict.touched()),
                    verdict.entries(),
                    verdict.seconds(),
                    HeadView.from(verdict.end()),
                    OffsetDateTime.now(ZoneOffset.UTC));
        }
    }

    /**
     * A verification that nobody waits for.
     *
     * @param state {@code WAITING}, {@code RUNNING}, {@code WHOLE} or {@code TOUCHED}
     * @param entries how many were read so far
     * @param endedAt absent until it is over
     */
    public record RunView(
            UUID id,
            String state,
            TouchedView firstTouched,
            long entries,
            String from,
            String anchor,
            OffsetDateTime askedAt,
            OffsetDateTime endedAt) {
        static RunView from(VerificationRuns.Run run) {
            AuditHead from = run.question().from();
            return new RunView(
                    run.id(),
                    run.state().name(),
                    TouchedView.from(run.touched()),
                    run.entries(),
                    from.sequence() == 0 ? null : from.anchor(),
                    run.question().anchor().map(AuditHead::anchor).orElse(null),
                    run.askedAt(),
                    run.endedAt().orElse(null));
        }
    }

    /** The newest, the newest first. */
    public record Runs(List<RunView> items) {}

    @Inject
    AuditTrail trail;

    @Inject
    AuditVerification verification;

    @Inject
    VerificationRuns runs;

    @Inject
    AuditExports exports;

    @Inject
    AuditExport export;

    @Context
    SecurityContext security;

    @Context
    UriInfo uri;

    @GET
    @Path("audit/logs")
    @Operation(summary = "The audit's entries, the newest first; cursor is the next of the page before")
    public EntryPage logs(
            @BeanParam Query query, @QueryParam("cursor") String cursor, @QueryParam("pageSize") String pageSize) {
        return page(query.filter(), cursor, pageSize);
    }

    @GET
    @Path("audit-logs")
    @Operation(summary = "As /admin/audit/logs, by the name that older clients know")
    public EntryPage logsByOldName(
            @BeanParam Query query, @QueryParam("cursor") String cursor, @QueryParam("pageSize") String pageSize) {
        return page(query.filter(), cursor, pageSize);
    }

    @GET
    @Path("security/events")
    @Operation(summary = "What somebody should look at: warnings and worse, the newest first")
    public EntryPage securityEvents(@QueryParam("cursor") String cursor, @QueryParam("pageSize") String pageSize) {
        return page(AuditFilter.atLeast(Severity.WARNING), cursor, pageSize);
    }

    @GET
    @Path("audit/export")
    @CountedAs(RouteClass.STRICT)
    @Produces({"text/csv", MediaType.APPLICATION_JSON})
    @Operation(
            summary =
                    "Those of the newest 200000 entries that the query lets through, as CSV (RFC 4180), the newest first;"
                            + " when there are older entries, the header Next-Cursor has the cursor of the next export")
    @APIResponse(
            responseCode = "200",
            headers = @Header(name = NEXT_CURSOR, schema = @Schema(type = SchemaType.STRING)),
            content = @Content(mediaType = "text/csv"))
    public Response export(@BeanParam Query query, @QueryParam("cursor") String cursor) {
        AuditFilter filter = query.filter();
        AuditTrail.Part part = exports.begin(CallerContext.caller(security), Cursors.of(cursor));
        StreamingOutput rows = out -> export.write(part, filter, out);
        Response.ResponseBuilder answer = Response.ok(rows, "text/csv; charset=utf-8")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\"");
        part.next().ifPresent(next -> answer.header(NEXT_CURSOR, next));
        return answer.build();
    }

    @GET
    @Path("audit/anchor")
    @Operation(summary = "The end of the log, to be noted where no admin of the database can change it")
    public HeadView anchor() {
        return HeadView.from(trail.end());
    }

    @GET
    @Path("audit/verification")
    @CountedAs(RouteClass.STRICT)
    @Operation(
            summary =
                    "Reads the log now and says whether it is whole, or which entry was touched first; begins behind an"
                            + " acknowledged anchor, and compares one that was noted outside. For 100000 entries at most")
    public VerificationView verification(@QueryParam("from") String from, @QueryParam("anchor") String anchor) {
        return VerificationView.from(verification.verify(question(from, anchor)));
    }

    @POST
    @Path("audit/verifications")
    @Operation(summary = "Has the log read, however long it is; the answer's Location tells how far it is")
    @APIResponseSchema(value = RunView.class, responseCode = "202")
    public Response ask(@QueryParam("from") String from, @QueryParam("anchor") String anchor) {
        UUID run = runs.ask(CallerContext.caller(security), question(from, anchor));
        return Response.accepted(RunView.from(runs.require(run)))
                .location(uri.getAbsolutePathBuilder().path(run.toString()).build())
                .build();
    }

    @GET
    @Path("audit/verifications")
    @Operation(summary = "The newest hundred verifications that were asked for, once a day by the clock")
    public Runs runs() {
        return new Runs(runs.list().stream().map(RunView::from).toList());
    }

    @GET
    @Path("audit/verifications/{id}")
    @Operation(summary = "A verification: how far it is, or what it found")
    public RunView run(@PathParam("id") UUID id) {
        return RunView.from(runs.require(id));
    }

    private EntryPage page(AuditFilter filter, String cursor, String pageSize) {
        return EntryPage.from(trail.search(filter, Cursors.of(cursor), Cursors.size(pageSize)), EntryView::forAdmin);
    }

    private static AuditVerification.Question question(String from, String anchor) {
        return AuditVerification.Question.of(
                Query.read("from", from, AuditHead::parse), Query.read("anchor", anchor, AuditHead::parse));
    }
}
