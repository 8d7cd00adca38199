package io.vpnenterprise.audit.web;

import io.vpnenterprise.audit.AuditFilter;
import io.vpnenterprise.audit.AuditHead;
import io.vpnenterprise.audit.AuditTrail;
import io.vpnenterprise.audit.AuditVerification;
import io.vpnenterprise.platform.AuditEvent.Severity;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.StreamingOutput;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The whole log, for admins. */
@Path("admin")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.ADMIN, scope = "admin")
@Tag(name = "Audit")
public class AuditResource {

    private static final Pattern ANCHOR = Pattern.compile("(\\d{1,18}):([0-9a-f]{64})");

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
                    read("organisation", organisation, java.util.UUID::fromString),
                    read("from", from, OffsetDateTime::parse).map(Query::utc),
                    read("to", to, OffsetDateTime::parse).map(Query::utc),
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

    /** The end of the log, and the same as text to note outside. */
    public record HeadView(long sequence, String hash, String anchor) {
        static HeadView from(AuditHead head) {
            return new HeadView(head.sequence(), head.hash(), head.anchor());
        }
    }

    /** The first touched entry, and how: {@code CHANGED}, {@code MISSING}, {@code INSERTED}, … */
    public record TouchedView(long sequence, String damage) {}

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
                    verdict.touched()
                            .map(touched -> new TouchedView(
                                    touched.sequence(), touched.damage().name()))
                            .orElse(null),
                    verdict.entries(),
                    verdict.seconds(),
                    HeadView.from(verdict.head()),
                    OffsetDateTime.now(ZoneOffset.UTC));
        }
    }

    @Inject
    AuditTrail trail;

    @Inject
    AuditVerification verification;

    @Inject
    AuditExport export;

    @Context
    SecurityContext security;

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
    @Produces({"text/csv", MediaType.APPLICATION_JSON})
    @Operation(summary = "The entries as CSV (RFC 4180), the newest first, at most 100000")
    @APIResponse(responseCode = "200", content = @Content(mediaType = "text/csv"))
    public Response export(@BeanParam Query query) {
        AuditFilter filter = query.filter();
        export.began(CallerContext.caller(security));
        StreamingOutput rows = out -> export.write(filter, out);
        return Response.ok(rows, "text/csv; charset=utf-8")
                .header(HttpHeaders.CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\"")
                .build();
    }

    @GET
    @Path("audit/anchor")
    @Operation(summary = "The end of the log, to be noted where no admin of the database can change it")
    public HeadView anchor() {
        return HeadView.from(trail.head());
    }

    @GET
    @Path("audit/verification")
    @Operation(
            summary =
                    "Reads the whole log now and says whether it is whole, or which entry was touched first; compares an"
                            + " anchor that was noted outside")
    public VerificationView verification(@QueryParam("anchor") String anchor) {
        return VerificationView.from(
                verification.verify(Optional.ofNullable(anchor).map(AuditResource::head)));
    }

    private EntryPage page(AuditFilter filter, String cursor, String pageSize) {
        return EntryPage.from(trail.search(filter, Cursors.of(cursor), Cursors.size(pageSize)), EntryView::forAdmin);
    }

    private static AuditHead head(String anchor) {
        Matcher parts = ANCHOR.matcher(anchor.strip());
        if (!parts.matches()) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "anchor", "a number, a colon, 64 hex digits");
        }
        return new AuditHead(Long.parseLong(parts.group(1)), parts.group(2));
    }
}
