package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every action of the product's source is told to its member or on a list here, and published to webhooks or on a list here:
 * a new one is not forgotten, and not sent out by accident.
 */
class AuditActionsTest {

    /** His own everyday deeds, what only admins or nobody could do something about, and what another action tells. */
    private static final Set<String> NOT_TOLD = Set.of(
            "access.refused",
            "audit.exported",
            "audit.verification-asked",
            "client-link.made",
            "client-link.revoked",
            "device-settings.changed",
            "device.key-shown",
            "email-verification.asked",
            "hosting-plan.changed",
            "invitation.declined",
            "invitation.made",
            "invitation.revoked",
            "kill-switch.activated",
            "kill-switch.deactivated",
            "kill-switch.triggered",
            "known-device.added",
            "mail.tested",
            "member.joined",
            "member.left",
            "network-address.locked",
            "node.admitted",
            "node.forgotten",
            "node.host-key-replaced",
            "node.registered",
            "node.removed",
            "node.ssh-key-changed",
            "node.ssh-key-renewed",
            "notification-settings.changed",
            "organisation.created",
            "organisation.updated",
            "passkey.renamed",
            "password-reset.asked",
            "push-subscription.removed",
            "server.changed",
            "server.created",
            "server.deleted",
            "server.drain-begun",
            "server.drain-cancelled",
            "server.drained",
            "server.key-rotated",
            "server.foreign-peers-found",
            "server.foreign-peers-given-up",
            "server.imported",
            "server.reconciliation-asked",
            "server.repaired",
            "saved-query.added",
            "saved-query.changed",
            "saved-query.removed",
            "session.ended",
            "signing-key.rotated",
            "split-tunnel-rule.added",
            "split-tunnel-rule.changed",
            "split-tunnel-rule.removed",
            "tenant-key.created",
            "tenant-key.revoked",
            "tenant-key.rotated",
            "tenant-rows.deleted",
            "tenant-rows.exported",
            "tenant-rows.imported",
            "tenant-rows.inserted",
            "tenant-rows.updated",
            "tenant-structure.changed",
            "tenant-invitation.declined",
            "tenant-invitation.made",
            "tenant-invitation.revoked",
            "tenant-member.joined",
            "tenant-member.left",
            "tenant.asked-for",
            "tenant.assistant-asked",
            "tenant.query-cancelled",
            "tenant.query-ended",
            "tenant.query-run",
            "tenant.destruction-asked",
            "tenant.purged",
            "tenant.recovery-asked",
            "tenant.resumption-asked",
            "tenant.rotation-asked",
            "tenant.scale-asked",
            "tenant.suspension-asked",
            "user.created",
            "user.email-verified",
            "user.sign-in-failed",
            "user.sign-in-refused",
            "user.signed-in",
            "vpn.configuration-shown",
            "webhook.deleted",
            "webhook.delivery-replayed",
            "webhook.secret-rotated",
            "webhook.tested");

    /** The operator's own, what nobody could use outside, and what would tell of itself. */
    private static final Set<String> NOT_PUBLISHED = Set.of(
            "access.refused",
            "audit.exported",
            "audit.forged-event",
            "audit.found-touched",
            "audit.head-altered",
            "audit.verification-asked",
            "client-link.made",
            "client-link.revoked",
            "client-link.used",
            "device-settings.changed",
            "device.key-shown",
            "email-verification.asked",
            "hosting-plan.changed",
            "kill-switch.activated",
            "kill-switch.deactivated",
            "kill-switch.triggered",
            "known-device.added",
            "mail.read",
            "mail.tested",
            "network-address.locked",
            "node.admitted",
            "node.forgotten",
            "node.host-key-replaced",
            "node.registered",
            "node.removed",
            "node.ssh-key-changed",
            "node.ssh-key-renewed",
            "notification-settings.changed",
            "passkey.renamed",
            "password-reset.asked",
            "platform-webhook.changed",
            "platform-webhook.created",
            "push-subscription.added",
            "push-subscription.removed",
            "server.changed",
            "server.drain-begun",
            "server.drain-cancelled",
            "server.drained",
            "server.key-rotated",
            "server.foreign-peers-found",
            "server.foreign-peers-given-up",
            "server.imported",
            "server.reconciliation-asked",
            "server.repaired",
            "saved-query.added",
            "saved-query.changed",
            "saved-query.removed",
            "signing-key.rotated",
            "split-tunnel-rule.added",
            "split-tunnel-rule.changed",
            "split-tunnel-rule.removed",
            "tenant-key.created",
            "tenant-key.revoked",
            "tenant-key.rotated",
            "tenant-rows.deleted",
            "tenant-rows.exported",
            "tenant-rows.imported",
            "tenant-rows.inserted",
            "tenant-rows.updated",
            "tenant-structure.changed",
            "tenant-invitation.declined",
            "tenant-invitation.made",
            "tenant-invitation.revoked",
            "tenant-member.joined",
            "tenant-member.left",
            "tenant-member.removed",
            "tenant-member.role-changed",
            "tenant.asked-for",
            "tenant.assistant-asked",
            "tenant.query-cancelled",
            "tenant.query-ended",
            "tenant.query-run",
            "tenant.destruction-asked",
            "tenant.purged",
            "tenant.recovery-asked",
            "tenant.resumption-asked",
            "tenant.rotation-asked",
            "tenant.scale-asked",
            "tenant.suspension-asked",
            "user.email-change-asked",
            "user.sign-in-failed",
            "user.sign-in-refused",
            "vpn.configuration-shown",
            "webhook.changed",
            "webhook.created",
            "webhook.deleted",
            "webhook.delivery-replayed",
            "webhook.disabled",
            "webhook.failing",
            "webhook.secret-rotated",
            "webhook.tested");

    private static final Pattern ACTION = Pattern.compile("\"([a-z]+(?:-[a-z]+)*\\.[a-z]+(?:-[a-z]+)*)\"");

    /** Those that hold the tables, not the actions. */
    private static final List<String> TABLES = List.of("Notice.java", "WebhookEvents.java");

    @Test
    void areToldOrOnTheListOfThoseThatNobodyIsTold() {
        assertThat(actions().stream().filter(action -> !NOT_TOLD.contains(action)))
                .isNotEmpty()
                .allMatch(Notice::isTold);
        assertThat(NOT_TOLD).noneMatch(Notice::isTold);
    }

    @Test
    void arePublishedOrOnTheListOfThoseThatAreNot() {
        assertThat(actions().stream().filter(action -> !NOT_PUBLISHED.contains(action)))
                .isNotEmpty()
                .allMatch(action -> WebhookEvents.nameOf(action).isPresent());
        assertThat(NOT_PUBLISHED)
                .noneMatch(action -> WebhookEvents.nameOf(action).isPresent());
    }

    private static Set<String> actions() {
        Set<String> actions = new TreeSet<>();
        for (String module : List.of("ejb", "batch", "web")) {
            try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
                files.filter(AuditActionsTest::isSource)
                        .map(AuditActionsTest::text)
                        .filter(text -> text.contains("AuditEvent"))
                        .forEach(text -> addActions(text, actions));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return actions;
    }

    private static boolean isSource(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".java") && !TABLES.contains(name);
    }

    private static void addActions(String text, Set<String> actions) {
        // A comment's line is no code, whatever it quotes.
        text.lines().filter(line -> !line.strip().startsWith("*")).forEach(line -> {
            Matcher action = ACTION.matcher(line);
            while (action.find()) {
                actions.add(action.group(1));
            }
        });
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
