package io.vpnenterprise.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesTest {

    @Test
    void namesTheRequestItsCallerAndItsFields() {
        UUID userId = UUID.randomUUID();
        LogContext.begin(new Origin("203.0.113.7", "", "request-1"));
        LogContext.caller(userId);
        String line = line("answered", Map.of("status", 200));
        LogContext.end();

        assertThat(line)
                .startsWith("{\"timestamp\":\"20")
                .contains("\"level\":\"info\"")
                .contains("\"message\":\"answered\",\"requestId\":\"request-1\",\"address\":\"203.0.113.7\"")
                .contains("\"userId\":\"" + userId + "\"", "\"status\":200");
        assertThat(line("later")).doesNotContain("request-1");
    }

    @Test
    void isOneLineWhateverIsInIt() {
        LogRecord record = new LogRecord(Level.SEVERE, "a \"quote\"\r\n\u2028\u001b[31m {0}");
        record.setParameters(new Object[] {"C:\\x"});
        record.setThrown(new IllegalStateException("first\nsecond"));

        String line = new JsonLines().format(record);

        assertThat(line).endsWith("}\n");
        assertThat(line.substring(0, line.length() - 1))
                .contains("a \\\"quote\\\"\\u000d\\n\\u2028\\u001b[31m C:\\\\x")
                .contains("IllegalStateException: first\\nsecond")
                .matches("[^\\p{Cntrl}\u2028]*");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            Authorization: Bearer s3cr3t-s3cr3t                | Authorization: *** ***
            password=a long s3cr3t                              | password=***
            password=a long s3cr3t user=ann                     | password=*** user=ann
            {"password":"a\\"s3cr3t","x":1}                    | {"password":***,"x":1}
            Cookie: a=s3cr3t; b=s3cr3t                          | Cookie: ***
            __Host-refresh=s3cr3t x                             | __Host-refresh=*** x
            refresh=s3cr3t&session=s3cr3t                       | refresh=***&session=***
            postgres://vpn:s3cr3t-s3cr3t@127.0.0.1/db           | postgres://vpn:***@127.0.0.1/db
            key vpn_s3cr3ts3cr3ts3cr3ts3cr3t                    | key vpn_***
            /verify?token=s3cr3t&x=1                            | /verify?token=***&x=1
            {"password":"s3cr3t","email":"a@example.org"}      | {"password":***,"email":"a@example.org"}
            {"refreshToken" : "s3cr3t s3cr3t"}                 | {"refreshToken" : ***}
            PrivateKey = s3cr3ts3cr3t=                          | PrivateKey = ***
            eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJzM2NyM3QifQ.c2ln    | ***
            refresh token of session 7 used twice               | refresh token of session 7 used twice
            """)
    void masksWhatLooksLikeASecret(String text, String expected) {
        assertThat(Redaction.of(text)).isEqualTo(expected);
    }

    @Test
    void masksAFieldByItsName() {
        assertThat(line("changed", Map.of("newPassword", "s3cr3t s3cr3t", "name", "ann")))
                .contains("\"newPassword\":\"***\"", "\"name\":\"ann\"")
                .doesNotContain("s3cr3t");
    }

    @Test
    void masksAPrivateKeyOfSeveralLines() {
        assertThat(Redaction.of("-----BEGIN PRIVATE KEY-----\ns3cr3t\ns3cr3t=\n-----END PRIVATE KEY-----"))
                .doesNotContain("s3cr3t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "password",
                "://a:",
                "bearer ",
                "token=",
                "password=a ",
                "cookie:",
                "password=\"\\\"",
                "eyJaaaaaaaa.",
                "-----BEGIN PRIVATE KEY-----"
            })
    void takesLinearTimeForAnyLine(String part) {
        Assertions.assertTimeout(Duration.ofSeconds(5), () -> Redaction.of(part.repeat(100_000 / part.length())));
    }

    @Test
    void refusesALevelThatNobodyKnows() {
        assertThat(LogLevel.parse("Debug").level()).isEqualTo(Level.FINE);
        assertThatThrownBy(() -> LogLevel.parse("loud")).hasMessageContaining("LOG_LEVEL");
    }

    private static String line(String message, Object... parameters) {
        LogRecord record = new LogRecord(Level.INFO, message);
        record.setParameters(parameters);
        return new JsonLines().format(record);
    }
}
