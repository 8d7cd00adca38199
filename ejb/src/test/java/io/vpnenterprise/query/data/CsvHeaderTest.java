package io.vpnenterprise.query.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CsvHeaderTest {

    @Test
    void readsNamesAndLeavesTheRest() throws IOException {
        String csv = "\uFEFFa,\"b \"\"c\"\", d\",\"e\nf\"\r\n1,2,3\r\n";
        InputStream body = stream(csv);

        CsvHeader header = CsvHeader.read(body);

        assertThat(header.columns()).containsExactly("a", "b \"c\", d", "e\nf");
        assertThat(new String(header.inFrontOf(body).readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(csv);
    }

    @Test
    void refusesALineWithoutAnEnd() {
        assertThatThrownBy(() -> CsvHeader.read(stream("\"".concat("a".repeat(1 << 18)))))
                .hasMessageContaining("line 1");
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
