package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.platform.Settings;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutsideUrlsTest {

    private final OutsideUrls urls = with(Map.of());
    private final OutsideUrls anywhere = with(Map.of("vpn.webhooks.networks", "any"));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hook",
                "http://example.org/",
                "ftp://example.org/",
                "file:///etc/passwd",
                "https://",
                "https://user@example.org/",
                "https://example.org/#x",
                "https://example.org:0/",
                "https://example.org:99999/",
                "https://example.org/\r\nX: y",
                "https://example.org/ä",
                "https:example.org",
                "//example.org/"
            })
    void refusesOtherForms(String text) {
        assertThat(urls.read(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://example.org", "https://example.org:8443/a?b=c", "HTTPS://[2606:4700::1]/"})
    void takesHttps(String text) {
        assertThat(urls.read(text)).isPresent();
    }

    @Test
    void takesPlainHttpWhereTheOperatorSaysSo() {
        assertThat(anywhere.read("http://intranet/hook")).isPresent();
        assertThat(anywhere.read("ftp://intranet/hook")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.1.2.3", "2130706433", "0x7f000001"})
    void givesNoAddressOfOurOwnNetwork(String host) {
        assertThatThrownBy(() -> urls.addresses(host)).isInstanceOf(UnknownHostException.class);
    }

    /** Else whoever adds webhooks could ask which names there are inside. */
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "no-such-name.invalid"})
    void saysTheSameOfNoNameAndOfOneInside(String host) {
        assertThatThrownBy(() -> urls.addresses(host)).hasMessage("no such name, or not an address of the internet");
    }

    @Test
    void givesThemWhereTheOperatorSaysSo() throws UnknownHostException {
        assertThat(anywhere.addresses("127.0.0.1")).isNotEmpty();
    }

    private static OutsideUrls with(Map<String, String> settings) {
        OutsideUrls urls = new OutsideUrls();
        urls.config = new NotificationsConfig();
        urls.config.read(new Settings(key -> Optional.ofNullable(settings.get(key))));
        return urls;
    }
}
