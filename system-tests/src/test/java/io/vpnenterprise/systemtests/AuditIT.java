package io.vpnenterprise.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jwt.SignedJWT;
import jakarta.json.JsonObject;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.text.ParseException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The audit: what happens is in it within seconds, everybody sees what is his, and whatever the owner of the database
 * does to its rows, the verification names the first that he touched.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditIT {

    private static final long SEED = Long.getLong("audit.seed", System.nanoTime());

    /** More than the verification reads at a time. */
    private static final int ENTRIES = 4_500;

    private static final String LOGS = "/api/admin/audit/logs";
    private static final String VERIFICATION = "/api/admin/audit/verification";

    private final Product product = Product.shared();
    private final Random random = new Random(SEED);
    private Api admin;
    private Connection owner;

    @BeforeAll
    void fill() throws SQLException {
        System.out.println("AuditIT: -Daudit.seed=" + SEED);
        admin = product.admin();
        owner = product.database().connect();
        awaitDelivered();
        long began = System.nanoTime();
        String payload = texts("SELECT payload::text FROM outbox WHERE type = 'AuditEvent' ORDER BY id DESC LIMIT 1")
                .get(0);
        OutboxForge.addMany(owner, ENTRIES, "AuditEvent", payload);
        // One with something in every column.
        String id = UUID.randomUUID().toString();
        OutboxForge.add(owner, "AuditEvent", """
                {"at":"2026-01-02T03:04:05Z","actor":{"id":"%1$s","name":"n","method":"m"},"action":"test.full",
                 "severity":"INFO","target":{"kind":"k","id":"i","name":"n"},"subjectId":"%1$s","organisationId":"%1$s",
                 "details":{},"origin":{"address":"203.0.113.7","requestId":"r","userAgent":"a"}}""".formatted(id));
        awaitDelivered();
        System.out.printf("AuditIT: %d events in the audit after %.2f s%n", ENTRIES, (System.nanoTime() - began) / 1e9);
    }

    @AfterAll
    void close() throws SQLException {
        owner.close();
    }

    // What is in it, and who sees it

    @Test
    void hasWhatHappenedWithinSecondsWithAllThatIsKnown() throws SQLException {
        String email = Api.newEmail();
        Api member = product.anonymous().withHeader("X-Request-Id", "audit-" + email.hashCode());
        long began = System.nanoTime();
        member = member.signUp(email, Product.MEMBER_PASSWORD);

        JsonObject entry = awaitEntry("actor=" + email + "&action=user.signed-in");
        double seconds = (System.nanoTime() - began) / 1e9;
        System.out.printf("AuditIT: from the request to the entry %.2f s%n", seconds);

        assertThat(entry.getJsonObject("actor").getString("name")).isEqualTo(email);
        assertThat(entry.getJsonObject("actor").getString("id")).isEqualTo(userId(member));
        assertThat(entry.getString("severity")).isEqualTo("INFO");
        assertThat(entry.getJsonObject("target").getString("kind")).isEqualTo("session");
        assertThat(entry.getJsonObject("origin").getString("address")).isEqualTo("127.0.0.1");
        assertThat(entry.getJsonObject("origin").getString("requestId")).isEqualTo("audit-" + email.hashCode());
        assertThat(entry.getString("hash")).matches("[0-9a-f]{64}");
        assertThat(OffsetDateTime.parse(entry.getString("at"))).isBefore(OffsetDateTime.now());
        assertThat(seconds).isLessThan(10);
    }

    @Test
    void showsAMemberHisOwnAndNoAddressThatIsNotHis() throws SQLException {
        Api member = product.member();
        Api other = product.member();
        String id = userId(member);
        addEvent(userId(other), "other@example.org", "test.done-to-me", id);
        addEvent(null, "unknown", "test.tried-by-unknown", id);
        addEvent(userId(other), "other@example.org", "test.none-of-mine", userId(other));
        awaitDelivered();

        List<JsonObject> mine = items(member.get("/api/user/audit?pageSize=100").expect(200));

        assertThat(mine).extracting(AuditIT::action).doesNotContain("test.none-of-mine");
        JsonObject doneToMe = only(mine, "test.done-to-me");
        assertThat(doneToMe.getJsonObject("actor").getString("name")).isEqualTo("another account");
        assertThat(doneToMe.toString()).doesNotContain("203.0.113.7", "other@example.org", userId(other));
        JsonObject tried = only(mine, "test.tried-by-unknown");
        assertThat(tried.getJsonObject("origin").getString("address")).isEqualTo("203.0.113.7");
        assertThat(only(mine, "user.signed-in").getJsonObject("origin").getString("address"))
                .isEqualTo("127.0.0.1");
        assertThat(mine.toString()).doesNotContain("\"hash\"");
    }

    @Test
    void findsByEachFilter() throws SQLException {
        OffsetDateTime at = OffsetDateTime.now(ZoneOffset.UTC).minusMinutes(10).withNano(678_901_000);
        OffsetDateTime before = at.minusSeconds(1);
        OffsetDateTime after = at.plusSeconds(1);
        String name = "who-" + UUID.randomUUID();
        String target = UUID.randomUUID().toString();
        String organisation = UUID.randomUUID().toString();
        String request = "r-" + UUID.randomUUID();
        OutboxForge.add(owner, "AuditEvent", """
                        {"at":"%s","actor":{"name":"%s","method":""},"action":"test.filtered",
                         "severity":"CRITICAL","target":{"kind":"thing","id":"%s","name":"50%% of Ann_s"},
                         "organisationId":"%s","origin":{"address":"203.0.113.9","requestId":"%s","userAgent":""},
                         "details":{"b":"2","a":"1"}}""".formatted(at, name, target, organisation, request));
        awaitDelivered();

        for (String query : List.of(
                "actor=" + name,
                "target=" + target,
                "organisation=" + organisation,
                "text=50%25+of+aNN_S",
                "requestId=" + request,
                "address=203.0.113.9&actor=" + name,
                "actor=" + name + "&severity=critical",
                "action=test.filtered&actor=" + name,
                "from=" + before + "&to=" + after + "&actor=" + name)) {
            List<JsonObject> found = items(admin.get(LOGS + "?" + query).expect(200));
            assertThat(found).as(query).hasSize(1);
            assertThat(found.get(0).getJsonObject("details").toString()).isEqualTo("{\"a\":\"1\",\"b\":\"2\"}");
            assertThat(found.get(0).getString("at")).isEqualTo(at.toString());
            assertThat(admin.get("/api/admin/audit-logs?" + query).expect(200).data())
                    .isEqualTo(admin.get(LOGS + "?" + query).data());
        }
        for (String query : List.of(
                "severity=WARNING&actor=" + name,
                "action=test&actor=" + name,
                "requestId=x" + request,
                "address=203.0.113.8&actor=" + name,
                "to=" + before + "&actor=" + name,
                "from=" + after + "&actor=" + name,
                "text=50X+of+Ann_s",
                "text=50%25+of+AnnXs")) {
            assertThat(items(admin.get(LOGS + "?" + query).expect(200)))
                    .as(query)
                    .isEmpty();
        }
        assertThat(items(admin.get("/api/admin/security/events").expect(200)))
                .extracting(AuditIT::action)
                .contains("test.filtered")
                .doesNotContain("user.signed-in");
        for (String query : List.of(
                "severity=bad",
                "from=yesterday",
                "to=+99999-01-01T00:00:00Z",
                "cursor=0",
                "organisation=1",
                "pageSize=101")) {
            assertThat(admin.get(LOGS + "?" + query).expect(400).code())
                    .as(query)
                    .isEqualTo("INVALID_PARAMETER");
        }
    }

    @Test
    void pagesThroughAllWhileMoreIsAppended() throws SQLException {
        awaitDelivered();
        long last = lastSequence();
        List<Long> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonObject page =
                    admin.get(LOGS + "?pageSize=100" + cursor).expect(200).data();
            page.getJsonArray("items")
                    .getValuesAs(JsonObject.class)
                    .forEach(item -> seen.add((long) item.getInt("sequence")));
            cursor = page.containsKey("next") ? "&cursor=" + page.getString("next") : null;
            if (seen.size() % 1_000 == 0) {
                addEvent(null, "unknown", "test.appended", UUID.randomUUID().toString());
            }
        }

        assertThat(seen.get(0)).isBetween(last, last + 5);
        for (int i = 1; i < seen.size(); i++) {
            assertThat(seen.get(i)).isEqualTo(seen.get(i - 1) - 1);
        }
        assertThat(seen.get(seen.size() - 1)).isEqualTo(1);
    }

    @Test
    void exportsWhatASpreadsheetCannotRun() throws SQLException {
        String name = "=cmd|\"x\"!A1-" + UUID.randomUUID();
        OutboxForge.add(owner, "AuditEvent", """
                        {"at":"2026-01-02T03:04:05Z","actor":{"name":"%s","method":""},"action":"test.exported",
                         "severity":"INFO","target":{"kind":"","id":"","name":""},
                         "origin":{"address":"","requestId":"","userAgent":""},"details":{}}""".formatted(name.replace("\"", "\\\"")));
        awaitDelivered();

        Api.Answer export =
                admin.get("/api/admin/audit/export?action=test.exported").expect(200);

        assertThat(export.header("Content-Type")).startsWith("text/csv");
        String[] lines = export.text().split("\r\n");
        assertThat(lines[0]).startsWith("sequence,at,actor_id,actor,");
        assertThat(export.text()).contains(",\"'" + name.replace("\"", "\"\"") + "\",");
        assertThat(admin.get("/api/admin/audit/export")
                        .expect(200)
                        .text()
                        .lines()
                        .count())
                .isGreaterThan(ENTRIES);
        awaitEntry("action=audit.exported&actor=" + Product.ADMIN_EMAIL);
    }

    @Test
    void endsWithAPageThatIsJustFull() throws SQLException {
        String name = "full-" + UUID.randomUUID();
        for (int i = 0; i < 2; i++) {
            addEvent(null, name, "test.paged", UUID.randomUUID().toString());
        }
        awaitDelivered();

        JsonObject page =
                admin.get(LOGS + "?actor=" + name + "&pageSize=2").expect(200).data();

        assertThat(page.getJsonArray("items")).hasSize(2);
        assertThat(page.containsKey("next")).isFalse();
    }

    /** Each refused call is not an entry of its own: whoever repeats it must not fill the log. */
    @Test
    void notesOnceWhoWantedWhatHeMayNot() {
        String email = Api.newEmail();
        Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        for (int i = 0; i < 3; i++) {
            member.get(LOGS).expect(403);
        }
        member.addDevice("laptop");
        awaitEntry("action=device.added&actor=" + email);

        List<JsonObject> refused =
                items(admin.get(LOGS + "?action=access.refused&actor=" + email).expect(200));

        assertThat(refused).hasSize(1);
        assertThat(refused.get(0).getString("severity")).isEqualTo("WARNING");
        assertThat(refused.get(0).getJsonObject("details").getString("reason")).isEqualTo("NOT_PERMITTED");
        assertThat(refused.get(0).getJsonObject("target").getString("id")).isEqualTo("GET /admin/audit/logs");
    }

    // The outbox

    /** What is written there by whoever owns the database: made up, copied from a row of ours, or changed in one. */
    @Test
    void isNotToldWhatTheOwnerOfTheDatabaseWrites() throws SQLException {
        String made = "made-up-" + UUID.randomUUID();
        String payload = texts("SELECT payload::text FROM outbox WHERE type = 'AuditEvent' ORDER BY id LIMIT 1")
                .get(0);
        String email = Api.newEmail();
        product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        awaitDelivered();
        long before = lastSequence();
        sql("""
                INSERT INTO outbox (type, payload) VALUES ('AuditEvent', '%s');
                INSERT INTO outbox (type, payload, mac)
                    SELECT type, payload, mac FROM outbox WHERE mac IS NOT NULL AND type = 'AuditEvent' LIMIT 1;
                UPDATE outbox SET payload = replace(payload::text, '%s', '%s')::json, delivered_at = NULL,
                    audited_at = NULL, due_at = now()
                WHERE id = (SELECT min(id) FROM outbox WHERE payload::text LIKE '%%%s%%')""".formatted(payload.replace("'", "''"), email, made, email));
        awaitDelivered();

        List<JsonObject> forged =
                items(admin.get(LOGS + "?action=audit.forged-event&pageSize=100")
                                .expect(200))
                        .stream()
                        .filter(entry -> entry.getInt("sequence") > before)
                        .toList();
        assertThat(forged).hasSize(3).allMatch(entry -> entry.getString("severity")
                .equals("CRITICAL"));
        assertThat(lastSequence()).isEqualTo(before + 3);
        assertThat(items(admin.get(LOGS + "?actor=" + made).expect(200))).isEmpty();
        assertThat(verification().getBoolean("whole")).isTrue();
    }

    @Test
    void hearsWhatSomebodyElseCannot() throws SQLException {
        String email = Api.newEmail();
        Api member = product.anonymous().signUp(email, Product.MEMBER_PASSWORD);
        awaitDelivered();
        sql("ALTER TABLE notifications ADD CONSTRAINT no_more CHECK (user_id <> '%s') NOT VALID"
                .formatted(userId(member)));
        try {
            member.addDevice("laptop");

            awaitEntry("action=device.added&actor=" + email);
            await().atMost(Duration.ofSeconds(20)).until(() -> admin.get("/metrics")
                    .expect(200)
                    .text()
                    .contains("vpn_outbox_events{state=\"failing\"} 1.0"));
        } finally {
            sql("ALTER TABLE notifications DROP CONSTRAINT no_more");
        }

        awaitDelivered();
        assertThat(member.get("/api/user/notifications").expect(200).text()).contains("device.added");
        assertThat(items(admin.get(LOGS + "?action=device.added&actor=" + email).expect(200)))
                .hasSize(1);
    }

    /** The peer's row keeps it, sealed, until the host has confirmed. */
    @Test
    void isNotToldByAPeersRowWhoAskedForAConnection() throws SQLException {
        try (Cleanup made = new Cleanup()) {
            String node = admin.addNode("audit-forged", "simulated", null, "vpn.example.org");
            made.add(() -> admin.delete("/api/admin/nodes/" + node).expect(204));
            String server =
                    admin.addServer("audit-forged", "eu-central", 43_500, node).getString("id");
            made.add(() -> admin.delete("/api/vpn/servers/" + server).expect(204));
            sql("""
                    CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS
                    $$BEGIN NEW.sealed_asked = NULL; RETURN NEW; END$$;
                    CREATE TRIGGER forge BEFORE INSERT ON peers FOR EACH ROW EXECUTE FUNCTION forge()""");
            made.add(() -> {
                try {
                    sql("DROP TRIGGER forge ON peers; DROP FUNCTION forge");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Api member = product.member();

            String connection = member.post(
                            "/api/vpn/connect",
                            "{\"deviceId\":\"%s\",\"serverId\":\"%s\"}"
                                    .formatted(
                                            member.addDevice("laptop")
                                                    .getJsonObject("device")
                                                    .getString("id"),
                                            server))
                    .expect(200)
                    .data()
                    .getString("connectionId");

            JsonObject entry = awaitEntry("action=vpn.connected&target=" + connection);
            assertThat(entry.getString("severity")).isEqualTo("CRITICAL");
            assertThat(entry.getJsonObject("actor").getString("name")).isEqualTo("system");
        }
    }

    // The chain

    /** Without our code: as an auditor would, from {@code AuditChain}'s description. */
    @Test
    void canBeComputedByWhoeverHasTheKey() throws SQLException, GeneralSecurityException {
        awaitDelivered();
        byte[] key =
                hmac(Base64.getDecoder().decode(Product.MASTER_KEY), "audit_entries".getBytes(StandardCharsets.UTF_8));
        String previous = "0".repeat(64);
        try (PreparedStatement statement = owner.prepareStatement("""
                        SELECT sequence::text, outbox_id::text,
                               to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), actor_id::text, actor_name,
                               actor_method, action, severity, target_kind, target_id, target_name, subject_id::text,
                               organisation_id::text, address, user_agent, request_id, details, encode(previous, 'hex'),
                               encode(hash, 'hex')
                        FROM audit_entries ORDER BY audit_entries.sequence""");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                ByteBuffer message = ByteBuffer.allocate(100_000);
                field(message, "vpn-enterprise/audit-entry/1");
                for (int column = 1; column <= 18; column++) {
                    field(message, row.getString(column));
                }
                assertThat(row.getString(18)).isEqualTo(previous);
                previous = HexFormat.of()
                        .formatHex(hmac(key, java.util.Arrays.copyOf(message.array(), message.position())));
                assertThat(row.getString(19)).as("entry " + row.getString(1)).isEqualTo(previous);
            }
        }
        assertThat(verification().getBoolean("whole")).isTrue();
        assertThat(verification().getJsonObject("head").getString("hash")).isEqualTo(previous);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit_entries SET action = 'x' WHERE sequence = 1",
                "DELETE FROM audit_entries WHERE sequence = 1",
                "TRUNCATE audit_entries",
                "DELETE FROM audit_head",
                "TRUNCATE audit_head"
            })
    void cannotBeChangedByAccident(String statement) {
        assertThatThrownBy(() -> sql(statement)).hasMessageContaining("append-only");
    }

    static Stream<String> columns() {
        return Stream.of(
                "sequence",
                "outbox_id",
                "at",
                "actor_id",
                "actor_name",
                "actor_method",
                "action",
                "severity",
                "target_kind",
                "target_id",
                "target_name",
                "subject_id",
                "organisation_id",
                "address",
                "user_agent",
                "request_id",
                "details",
                "previous",
                "hash");
    }

    @Test
    void isAttackedInEveryColumn() throws SQLException {
        List<String> all = texts("""
                SELECT column_name FROM information_schema.columns
                WHERE table_name = 'audit_entries' ORDER BY ordinal_position""");
        assertThat(columns()).containsExactlyElementsOf(all);
    }

    /** The attacker owns the database: he can switch the triggers off, but has not the key. */
    @ParameterizedTest
    @MethodSource("columns")
    void namesTheEntryOfWhichAByteWasChanged(String column) throws SQLException {
        for (long sequence : List.of(1L, randomSequence(), lastDelivered())) {
            attacked("UPDATE audit_entries SET %s = %s WHERE sequence = %d"
                    .formatted(column, changed(column, sequence), sequence));

            expectTouched(sequence, column.equals("sequence") ? "MISSING" : "CHANGED");
        }
    }

    /** All but the key, which cannot be null. */
    static Stream<String> columnsButTheKey() {
        return columns().skip(1);
    }

    @ParameterizedTest
    @MethodSource("columnsButTheKey")
    void namesTheEntryOfWhichAColumnIsNull(String column) throws SQLException {
        long sequence =
                Long.parseLong(texts("SELECT max(sequence) FROM audit_entries WHERE %s IS NOT NULL".formatted(column))
                        .get(0));
        attacked("""
                ALTER TABLE audit_entries ALTER COLUMN %1$s DROP NOT NULL;
                UPDATE audit_entries SET %1$s = NULL WHERE sequence = %2$d""".formatted(column, sequence));
        try {
            admin.get(LOGS + "?cursor=" + (sequence + 1)).expect(200);
            admin.get("/api/admin/audit/export?cursor=" + (sequence + 1)).expect(200);

            expectTouched(sequence, "CHANGED");
        } finally {
            if (!column.matches("(actor|subject|organisation)_id")) {
                sql("ALTER TABLE audit_entries ALTER COLUMN %s SET NOT NULL".formatted(column));
            }
        }
    }

    @Test
    void namesTheEntryThatWasDeleted() throws SQLException {
        for (long sequence : List.of(1L, randomSequence(), lastDelivered())) {
            attacked("DELETE FROM audit_entries WHERE sequence = " + sequence);

            expectTouched(sequence, "MISSING");
        }
    }

    @Test
    void namesTheFirstEntryThatWasCutOff() throws SQLException {
        long from = randomSequence();
        attacked("DELETE FROM audit_entries WHERE sequence >= " + from);

        expectTouched(from, "MISSING");
    }

    @Test
    void namesTheFirstOfTwoEntriesThatWereSwapped() throws SQLException {
        long first = randomSequence() - 1;
        long second = first + 1 + random.nextInt((int) (lastDelivered() - first));
        attacked("""
                UPDATE audit_entries SET sequence = 1000000000 WHERE sequence = %1$d;
                UPDATE audit_entries SET sequence = %1$d WHERE sequence = %2$d;
                UPDATE audit_entries SET sequence = %2$d WHERE sequence = 1000000000""".formatted(first, second));

        expectTouched(first, "CHANGED");
    }

    @Test
    void namesTheEntryThatWasInserted() throws SQLException {
        long last = lastDelivered();
        String copy =
                "INSERT INTO audit_entries SELECT %d, -7, at, actor_id, actor_name, actor_method, 'test.inserted',"
                        + " severity, target_kind, target_id, target_name, subject_id, organisation_id, address, user_agent,"
                        + " request_id, details, %s, hash FROM audit_entries WHERE sequence = %d";
        attacked(copy.formatted(last + 1, "hash", last));
        expectTouched(last + 1, "INSERTED");

        long middle = randomSequence();
        attacked("""
                UPDATE audit_entries SET sequence = sequence + 1000000000 WHERE sequence >= %1$d;
                UPDATE audit_entries SET sequence = sequence - 999999999 WHERE sequence > 1000000000;
                """.formatted(middle) + copy.formatted(middle, "previous", middle + 1));
        expectTouched(middle, "CHANGED");
    }

    @Test
    void seesThatTheEndWasCutAndTheHeadWrittenAnew() throws SQLException {
        long end = randomSequence();
        attacked("DELETE FROM audit_entries WHERE sequence > %1$d;\n".formatted(end) + """
                UPDATE audit_head SET sequence = %1$d, hash = (SELECT hash FROM audit_entries WHERE sequence = %1$d)""".formatted(end));

        expectTouched(end, "HEAD_ALTERED");
    }

    /** What nobody can see inside the database: all of it set back to an earlier day. */
    @Test
    void seesByAnAnchorThatTheDatabaseWasSetBack() throws SQLException {
        awaitDelivered();
        JsonObject earlier = admin.get("/api/admin/audit/anchor").expect(200).data();
        String headThen = texts("SELECT encode(hash, 'hex') || ',' || encode(mac, 'hex') FROM audit_head")
                .get(0);
        product.member();
        awaitDelivered();
        String anchor = admin.get("/api/admin/audit/anchor").expect(200).data().getString("anchor");

        assertThat(verification("?anchor=" + earlier.getString("anchor")).getBoolean("whole"))
                .isTrue();
        assertThat(verification("?anchor=" + anchor).getBoolean("whole")).isTrue();
        long end = earlier.getJsonNumber("sequence").longValue();
        attacked("DELETE FROM audit_entries WHERE sequence > %1$d;\n".formatted(end)
                + "UPDATE audit_head SET sequence = %d, hash = decode('%s', 'hex'), mac = decode('%s', 'hex')"
                        .formatted(end, headThen.split(",")[0], headThen.split(",")[1]));

        try {
            assertThat(verification().getBoolean("whole")).isTrue();
            JsonObject touched = verification("?anchor=" + anchor).getJsonObject("firstTouched");
            assertThat(touched.getString("damage")).isEqualTo("ANCHOR_DIFFERS");
            assertThat(touched.getJsonNumber("sequence").longValue()).isEqualTo(end + 1);
        } finally {
            restore();
        }
    }

    /** One touched entry must not hide all behind it for ever. */
    @Test
    void readsOnBehindAnAcknowledgedEntry() throws SQLException {
        long known = 2 + random.nextInt((int) lastDelivered() - 10);
        long unknown = known + 5;
        String anchor = known + ":"
                + texts("SELECT encode(hash, 'hex') FROM audit_entries WHERE sequence = " + known)
                        .get(0);
        attacked("UPDATE audit_entries SET action = 'x' WHERE sequence IN (%d, %d)".formatted(known, unknown));
        try {
            assertThat(touched(verification())).isEqualTo(known + " CHANGED");
            assertThat(touched(verification("?from=" + anchor))).isEqualTo(unknown + " CHANGED");
            assertThat(touched(verification("?from=" + known + ":" + "0".repeat(64))))
                    .isEqualTo(known + " ANCHOR_DIFFERS");
        } finally {
            restore();
        }
        assertThat(verification("?from=" + anchor).getBoolean("whole")).isTrue();
        assertThat(admin.get(VERIFICATION + "?from=1").expect(400).code()).isEqualTo("INVALID_PARAMETER");
    }

    /** A log too long to be waited for: a job reads it. */
    @Test
    void isVerifiedByAJobThatTellsOfWhatItFound() throws SQLException {
        long sequence = randomSequence();
        attacked("UPDATE audit_entries SET action = 'x' WHERE sequence = " + sequence);
        String location;
        JsonObject found;
        try {
            location = URI.create(admin.post("/api/admin/audit/verifications", "")
                            .expect(202)
                            .header("Location"))
                    .getPath();
            found = awaitEnded(location);
        } finally {
            restore();
        }

        assertThat(found.getString("state")).isEqualTo("TOUCHED");
        assertThat(touched(found)).isEqualTo(sequence + " CHANGED");
        JsonObject told =
                awaitEntry("action=audit.found-touched&target=" + location.substring(location.lastIndexOf('/') + 1));
        assertThat(told.getString("severity")).isEqualTo("CRITICAL");
        assertThat(told.getJsonObject("details").getString("entry")).isEqualTo("" + sequence);

        awaitDelivered();
        long entries = lastSequence();
        String whole = URI.create(admin.post("/api/admin/audit/verifications", "")
                        .expect(202)
                        .header("Location"))
                .getPath();
        JsonObject good = awaitEnded(whole);
        assertThat(good.getString("state")).isEqualTo("WHOLE");
        assertThat(good.getInt("entries")).isGreaterThanOrEqualTo((int) entries);
        assertThat(admin.get("/api/admin/audit/verifications").expect(200).text())
                .contains(whole.substring(whole.lastIndexOf('/') + 1));
    }

    private JsonObject awaitEnded(String location) {
        return await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> admin.get(location).expect(200).data(), run -> run.containsKey("endedAt"));
    }

    /** An execution that died left its row open. */
    @Test
    void isVerifiedAnewWhereTheReaderDied() throws SQLException {
        UUID id = UUID.randomUUID();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> texts("SELECT 1 FROM audit_verifications WHERE ended_at IS NULL")
                        .isEmpty());
        sql(
                "INSERT INTO audit_verifications (id, begins, anchor, beat_at) VALUES ('%s', '', '', now() - interval '1 hour')"
                        .formatted(id));

        assertThat(awaitEnded("/api/admin/audit/verifications/" + id).getString("state"))
                .isEqualTo("WHOLE");
    }

    /** No head is vouched for that is not the platform's. */
    @Test
    void saysThatTheEndIsNotSound() throws SQLException {
        assertThat(admin.get("/api/admin/audit/anchor").expect(200).data().getBoolean("sound"))
                .isTrue();
        attacked("UPDATE audit_head SET sequence = sequence - 1");
        try {
            assertThat(admin.get("/api/admin/audit/anchor").expect(200).data().getBoolean("sound"))
                    .isFalse();
        } finally {
            restore();
        }
    }

    /** Before the first start nobody can tell; later, an empty log without a head is one that was taken away. */
    @Test
    void seesThatTheWholeLogWasTakenAwayWhileThePlatformWasStopped() throws SQLException {
        attacked("""
                ALTER TABLE audit_head DISABLE TRIGGER USER;
                DELETE FROM audit_entries;
                DELETE FROM audit_head""");
        try {
            product.kill();
            product.startServer();

            assertThat(touched(verification())).isEqualTo("0 HEAD_ALTERED");
        } finally {
            restore();
        }
        assertThat(verification().getBoolean("whole")).isTrue();
    }

    // The attacker's tools

    /** The delivery waits while an attack lasts: the log would go on behind it. */
    private void attacked(String statements) throws SQLException {
        awaitDelivered();
        sql("SELECT pg_advisory_lock(hashtextextended('outbox', 0))");
        try {
            sql("""
                BEGIN;
                CREATE TABLE audit_entries_then AS TABLE audit_entries;
                CREATE TABLE audit_head_then AS TABLE audit_head;
                ALTER TABLE audit_entries DISABLE TRIGGER USER;
                %s;
                ALTER TABLE audit_entries ENABLE TRIGGER USER;
                COMMIT""".formatted(statements));
        } catch (SQLException e) {
            sql("ROLLBACK; SELECT pg_advisory_unlock(hashtextextended('outbox', 0))");
            throw e;
        }
    }

    private void restore() throws SQLException {
        sql("""
                BEGIN;
                ALTER TABLE audit_entries DISABLE TRIGGER USER;
                ALTER TABLE audit_head DISABLE TRIGGER USER;
                DELETE FROM audit_entries;
                DELETE FROM audit_head;
                INSERT INTO audit_entries SELECT * FROM audit_entries_then;
                INSERT INTO audit_head SELECT * FROM audit_head_then;
                ALTER TABLE audit_entries ENABLE TRIGGER USER;
                ALTER TABLE audit_head ENABLE TRIGGER USER;
                DROP TABLE audit_entries_then, audit_head_then;
                COMMIT""");
        sql("SELECT pg_advisory_unlock(hashtextextended('outbox', 0))");
    }

    private void expectTouched(long sequence, String damage) throws SQLException {
        JsonObject found;
        try {
            found = verification();
        } finally {
            restore();
        }
        assertThat(found.getBoolean("whole")).isFalse();
        assertThat(touched(found)).isEqualTo(sequence + " " + damage);
        assertThat(verification().getBoolean("whole")).isTrue();
    }

    private static String touched(JsonObject found) {
        JsonObject touched = found.getJsonObject("firstTouched");
        return touched.getJsonNumber("sequence").longValue() + " " + touched.getString("damage");
    }

    /** Another value of the column, as near to the old one as its type has it, as SQL. */
    private String changed(String column, long sequence) throws SQLException {
        String value = texts("SELECT coalesce(%s::text, '') FROM audit_entries WHERE sequence = %d"
                        .formatted(column, sequence))
                .get(0);
        return switch (column) {
            case "sequence", "outbox_id" -> column + " + 1000000000";
            case "at" -> "at + interval '1 microsecond'";
            case "severity" -> value.equals("INFO") ? "'WARNING'" : "'INFO'";
            case "actor_id", "subject_id", "organisation_id" -> {
                UUID id = value.isEmpty() ? UUID.randomUUID() : UUID.fromString(value);
                yield "'%s'"
                        .formatted(new UUID(
                                id.getMostSignificantBits(), id.getLeastSignificantBits() ^ 1L << random.nextInt(8)));
            }
            case "previous", "hash" -> {
                int at = random.nextInt(32);
                yield "set_byte(%1$s, %2$d, get_byte(%1$s, %2$d) # %3$d)".formatted(column, at, 1 << random.nextInt(8));
            }
            default -> {
                int at = value.isEmpty() ? 0 : random.nextInt(value.length());
                String flipped = value.isEmpty()
                        ? "x"
                        : value.substring(0, at) + (char) (value.charAt(at) ^ 1) + value.substring(at + 1);
                yield "'" + flipped.replace("'", "''") + "'";
            }
        };
    }

    private long randomSequence() throws SQLException {
        return 2 + random.nextInt((int) lastDelivered() - 2);
    }

    private long lastDelivered() throws SQLException {
        awaitDelivered();
        return lastSequence();
    }

    private long lastSequence() throws SQLException {
        return Long.parseLong(texts("SELECT max(sequence) FROM audit_entries").get(0));
    }

    private JsonObject verification() {
        return verification("");
    }

    private JsonObject verification(String query) {
        return admin.get(VERIFICATION + query).expect(200).data();
    }

    // Small tools

    private void awaitDelivered() {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> texts("SELECT count(*) FROM outbox WHERE delivered_at IS NULL")
                        .get(0)
                        .equals("0"));
    }

    private JsonObject awaitEntry(String query) {
        return await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(() -> items(admin.get(LOGS + "?" + query).expect(200)), found -> !found.isEmpty())
                .get(0);
    }

    private void addEvent(String actorId, String actor, String action, String subjectId) throws SQLException {
        OutboxForge.add(owner, "AuditEvent", """
                        {"at":"2026-01-02T03:04:05Z","actor":{%s"name":"%s","method":""},"action":"%s","severity":"INFO",
                         "target":{"kind":"","id":"","name":""},"subjectId":"%s","details":{},
                         "origin":{"address":"203.0.113.7","requestId":"r-1","userAgent":"agent"}}""".formatted(
                        actorId == null ? "" : "\"id\":\"" + actorId + "\",", actor, action, subjectId));
    }

    private void sql(String statements) throws SQLException {
        try (var statement = owner.createStatement()) {
            statement.execute(statements);
        }
    }

    private List<String> texts(String query) throws SQLException {
        try (var statement = owner.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> texts = new ArrayList<>();
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        }
    }

    private static List<JsonObject> items(Api.Answer answer) {
        return answer.data().getJsonArray("items").getValuesAs(JsonObject.class);
    }

    private static JsonObject only(List<JsonObject> entries, String action) {
        List<JsonObject> found =
                entries.stream().filter(entry -> action(entry).equals(action)).toList();
        assertThat(found).as(action).hasSize(1);
        return found.get(0);
    }

    private static String action(JsonObject entry) {
        return entry.getString("action");
    }

    private static String userId(Api member) {
        try {
            return SignedJWT.parse(member.token()).getJWTClaimsSet().getSubject();
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void field(ByteBuffer message, String text) {
        if (text == null) {
            message.putInt(-1);
        } else {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            message.putInt(bytes.length).put(bytes);
        }
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }
}
