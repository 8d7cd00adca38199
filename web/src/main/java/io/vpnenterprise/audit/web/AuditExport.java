package io.vpnenterprise.audit.web;

import io.vpnenterprise.audit.AuditEntry;
import io.vpnenterprise.audit.AuditFilter;
import io.vpnenterprise.audit.AuditTrail;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes entries as CSV (RFC 4180), a part at a time, so that memory does not grow with the export. */
@ApplicationScoped
public class AuditExport {

    private static final int AT_ONCE = 1_000;

    /** What a spreadsheet takes for a formula: an attacker may have named a device so. */
    private static final String FORMULA = "=+-@\t\r";

    private static final String HEADER =
            "sequence,at,actor_id,actor,method,action,severity,target_kind,target_id,target,"
                    + "subject_id,organisation_id,address,user_agent,request_id,details,hash\r\n";

    @Inject
    AuditTrail trail;

    void write(AuditTrail.Part part, AuditFilter filter, OutputStream out) throws IOException {
        Writer csv = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        csv.write(HEADER);
        OptionalLong below = OptionalLong.of(part.below());
        while (below.isPresent()) {
            AuditTrail.Slice slice =
                    trail.within(new AuditTrail.Part(part.above(), below.getAsLong()), filter, AT_ONCE);
            for (AuditEntry entry : slice.entries()) {
                csv.write(line(entry));
            }
            below = slice.next();
        }
        csv.flush();
    }

    private static String line(AuditEntry entry) {
        return Stream.of(
                                entry.sequence(),
                                optional(entry.at()),
                                optional(entry.actorId()),
                                entry.actorName(),
                                entry.actorMethod(),
                                entry.action(),
                                entry.severity(),
                                entry.targetKind(),
                                entry.targetId(),
                                entry.targetName(),
                                optional(entry.subjectId()),
                                optional(entry.organisationId()),
                                entry.address(),
                                entry.userAgent(),
                                entry.requestId(),
                                entry.details(),
                                entry.hash())
                        .map(value -> cell(value.toString()))
                        .collect(Collectors.joining(","))
                + "\r\n";
    }

    private static Object optional(Object value) {
        return value == null ? "" : value;
    }

    private static String cell(String value) {
        String harmless = !value.isEmpty() && FORMULA.indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        return '"' + harmless.replace("\"", "\"\"") + '"';
    }
}
