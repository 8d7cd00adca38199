package io.vpnenterprise.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What of the log an export looks through; what the lists find is in {@code AuditIT}. */
class AuditTrailTest {

    private final AuditTrail trail = new AuditTrail();

    @Test
    void exportsALongLogInPartsThatFollowOneAnother() {
        trail.rows = endingAt(450_000);
        List<AuditTrail.Part> parts = new ArrayList<>();

        OptionalLong next = OptionalLong.empty();
        do {
            AuditTrail.Part part = trail.part(next);
            parts.add(part);
            next = part.next();
        } while (next.isPresent());

        assertThat(parts)
                .containsExactly(
                        new AuditTrail.Part(250_000, 450_001),
                        new AuditTrail.Part(50_000, 250_001),
                        new AuditTrail.Part(0, 50_001));
    }

    private static AuditRows endingAt(long last) {
        return new AuditRows() {
            @Override
            Found head() {
                return new Found(new AuditHead(last, "0".repeat(64)), true, last);
            }
        };
    }
}
