package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.AuditEvent.Severity;
import io.vpnenterprise.platform.Origin;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NoticeTest {

    private static final UUID ANN = UUID.randomUUID();
    private static final Origin HOME = new Origin("192.0.2.7", "a browser", "r");
    private static final NotificationSettings NOTHING =
            new NotificationSettings(false, false, false, false, false, false);

    @Test
    void saysWhatHappenedAndFromWhereWhenHeDidItHimself() {
        AuditEvent changed = AuditEvent.byUser(ANN, "ann@example.org", "user.password-changed", HOME)
                .of(Severity.WARNING);

        Notice notice = Notice.of(changed, ANN).orElseThrow();

        assertThat(notice.title()).isEqualTo("Your password was changed");
        assertThat(notice.body()).contains("from 192.0.2.7 by a browser");
    }

    @Test
    void keepsAnAdminsAddressToItself() {
        AuditEvent suspended = AuditEvent.byUser(UUID.randomUUID(), "admin@example.org", "user.suspended", HOME)
                .concerning(ANN)
                .of(Severity.WARNING);

        assertThat(Notice.of(suspended, ANN).orElseThrow().body()).doesNotContain("192.0.2.7", "admin@example.org");
    }

    @Test
    void tellsNobodyOfWhatHasNoSentence() {
        assertThat(Notice.of(AuditEvent.bySystem("moon.fell").of(Severity.CRITICAL), ANN))
                .isEmpty();
    }

    @Test
    void mailsWhatTouchesTheAccountWhateverHeWants() {
        Notice changed = warning("user.password-changed");

        assertThat(NOTHING.mails(changed)).isTrue();
        assertThat(NOTHING.shows(changed)).isFalse();
        assertThat(NOTHING.pushes(changed)).isFalse();
    }

    @Test
    void mailsWhatListensToTheAccountWhateverHeWants() {
        assertThat(NOTHING.mails(warning("webhook.created"))).isTrue();
        assertThat(NOTHING.mails(warning("push-subscription.added"))).isTrue();
    }

    @Test
    void letsHimTurnOffTheRest() {
        for (String action : List.of("user.signed-in-from-unknown-device", "webhook.disabled", "member.role-changed")) {
            assertThat(NOTHING.mails(warning(action))).as(action).isFalse();
            assertThat(NotificationSettings.DEFAULT.mails(warning(action)))
                    .as(action)
                    .isTrue();
        }
    }

    @Test
    void showsNothingInTheApplicationWhereHeWantsNothingThere() {
        NotificationSettings onlyMail = new NotificationSettings(true, false, false, true, true, true);

        assertThat(onlyMail.shows(warning("webhook.disabled"))).isFalse();
        assertThat(onlyMail.mails(warning("webhook.disabled"))).isTrue();
    }

    @Test
    void mailsNothingThatIsOrdinary() {
        AuditEvent revoked = AuditEvent.byUser(ANN, "ann@example.org", "api-key.revoked", HOME);

        assertThat(NotificationSettings.DEFAULT.mails(Notice.of(revoked, ANN).orElseThrow()))
                .isFalse();
    }

    @Test
    void doesNotMailThatAMailWasRead() {
        assertThat(NotificationSettings.DEFAULT.mails(warning("mail.read"))).isFalse();
    }

    private static Notice warning(String action) {
        return Notice.of(AuditEvent.bySystem(action).concerning(ANN).of(Severity.WARNING), ANN)
                .orElseThrow();
    }
}
