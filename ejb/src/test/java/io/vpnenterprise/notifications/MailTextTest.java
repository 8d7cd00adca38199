package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class MailTextTest {

    @Test
    void keepsTheSubjectOneLineWhateverNamesAreInIt() {
        MailText text = new MailText("Hello\r\nBcc: all@example.org\u2028x", List.of("-"), null);

        assertThat(text.subject()).isEqualTo("Hello Bcc: all@example.org x");
    }

    @Test
    void escapesWhatWouldBeHtml() {
        MailText text = new MailText("-", List.of("<b>\"&'"), "https://x/?a&b#token=\">");

        assertThat(text.html())
                .contains("<p>&lt;b&gt;&quot;&amp;&#39;</p>")
                .contains("<a href=\"https://x/?a&amp;b#token=&quot;&gt;\">");
    }

    @Test
    void doesNotPrintItsLink() {
        assertThat(new MailText("-", List.of("-"), "https://x/#token=secret").toString())
                .doesNotContain("secret");
    }
}
