package io.vpnenterprise.audit;

import io.vpnenterprise.platform.Secrets;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * The hash of an entry: HMAC-SHA-256 over all its columns but the hash itself, so also over the hash of the entry before.
 *
 * <p>An auditor can compute it without us. The key is HMAC-SHA-256 of the text {@code audit_entries} under the master key.
 * The message is a list of fields, each a length of four bytes (big-endian, of bytes) and the field's text in UTF-8; a null
 * is the length -1 and nothing. The fields: the text {@value #ENTRY}, then the columns in the table's order. Numbers are
 * decimal, UUIDs in lower case, {@code at} is UTC as {@code 2026-11-22T13:12:58.204000Z}, {@code previous} is hexadecimal
 * in lower case, and the first entry's is 64 zeros. The head's mac is the same, over {@value #HEAD}, its sequence and its
 * hash in hexadecimal.
 */
final class AuditChain {

    static final String KEY_PURPOSE = "audit_entries";
    static final String ENTRY = "vpn-enterprise/audit-entry/1";
    static final String HEAD = "vpn-enterprise/audit-head/1";

    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter();

    private final byte[] key;

    AuditChain(Secrets secrets) {
        key = secrets.derivedKey(KEY_PURPOSE);
    }

    /** In hexadecimal. */
    String hash(AuditEntry entry) {
        return HexFormat.of()
                .formatHex(mac(Arrays.asList(
                        ENTRY,
                        entry.sequence(),
                        entry.outboxId(),
                        entry.at() == null ? null : TIME.format(entry.at().toInstant()),
                        entry.actorId(),
                        entry.actorName(),
                        entry.actorMethod(),
                        entry.action(),
                        entry.severity(),
                        entry.targetKind(),
                        entry.targetId(),
                        entry.targetName(),
                        entry.subjectId(),
                        entry.organisationId(),
                        entry.address(),
                        entry.userAgent(),
                        entry.requestId(),
                        entry.details(),
                        entry.previous())));
    }

    byte[] mac(AuditHead head) {
        return mac(List.of(HEAD, head.sequence(), head.hash()));
    }

    private byte[] mac(List<?> fields) {
        ByteArrayOutputStream message = new ByteArrayOutputStream(1_024);
        try (DataOutputStream out = new DataOutputStream(message)) {
            for (Object field : fields) {
                if (field == null) {
                    out.writeInt(-1);
                } else {
                    byte[] text = field.toString().getBytes(StandardCharsets.UTF_8);
                    out.writeInt(text.length);
                    out.write(text);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("an array takes all", e);
        }
        return Secrets.mac(key, message.toByteArray());
    }
}
