package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.AuditEvent;
import io.vpnenterprise.platform.AuditEvent.Severity;
import io.vpnenterprise.platform.Origin;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NoticeTest {

    private static final UUID ANN = UUID.randomUUID();
    private static final Origin HOME = new Origin("192.0.2.7", "a browser", "r");
    private static final NotificationSettings NOTHING =
            new NotificationSettings(false, false, false, false, false, false, false);

    @Test
    void saysWhatHappenedAndFromWhereWhenHeDidItHimself() {
        Notice notice = Notice.of(AuditEvent.byUser(ANN, "ann@example.org", "user.password-changed", HOME)
                        .of(Severity.WARNING))
                .orElseThrow();

        assertThat(notice.title()).isEqualTo("Your password was changed");
        assertThat(notice.body().get(0)).contains("from 192.0.2.7 by a browser");
    }

    @Test
    void keepsAnAdminsAddressToItself() {
        AuditEvent suspended = AuditEvent.byUser(UUID.randomUUID(), "admin@example.org", "user.suspended", HOME)
                .concerning(ANN)
                .of(Severity.WARNING);

        assertThat(Notice.of(suspended).orElseThrow().body().get(0)).doesNotContain("192.0.2.7", "admin@example.org");
    }

    @Test
    void tellsOfAWarningThatHasNoSentenceYet() {
        AuditEvent event = AuditEvent.bySystem("moon.fell").concerning(ANN).of(Severity.CRITICAL);

        assertThat(Notice.of(event).orElseThrow().title()).contains("moon.fell");
    }

    @Test
    void tellsNobodyOfWhatConcernsNobodyOrIsOrdinary() {
        assertThat(Notice.of(AuditEvent.bySystem("moon.fell").of(Severity.CRITICAL)))
                .isEmpty();
        assertThat(Notice.of(AuditEvent.bySystem("moon.rose").concerning(ANN))).isEmpty();
    }

    @Test
    void mailsWhatTouchesTheAccountWhateverHeWants() {
        Notice changed = warning("user.password-changed");

        assertThat(NOTHING.mails(changed)).isTrue();
        assertThat(NOTHING.wants(changed.category())).isFalse();
        assertThat(NOTHING.pushes(changed)).isFalse();
    }

    @Test
    void letsHimTurnOffTheRest() {
        assertThat(NOTHING.mails(warning("user.signed-in-from-unknown-device"))).isFalse();
        assertThat(NOTHING.mails(warning("webhook.disabled"))).isFalse();
        assertThat(NotificationSettings.DEFAULT.mails(warning("webhook.disabled")))
                .isTrue();
    }

    @Test
    void doesNotMailThatAMailWasRead() {
        assertThat(NotificationSettings.DEFAULT.mails(warning("mail.read"))).isFalse();
    }

    private static Notice warning(String action) {
        return Notice.of(AuditEvent.bySystem(action).concerning(ANN).of(Severity.WARNING))
                .orElseThrow();
    }
}
