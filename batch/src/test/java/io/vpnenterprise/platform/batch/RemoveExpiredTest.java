package io.vpnenterprise.platform.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.platform.Expirable;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

class RemoveExpiredTest {

    @Test
    void saysHowManyItRemoved() {
        assertThat(RemoveExpired.remove(expirable(() -> 3))).isEqualTo("removed 3");
    }

    @Test
    void letsTheNextKindHaveItsTurnWhenThisOneFails() {
        assertThat(RemoveExpired.remove(expirable(() -> {
                    throw new IllegalStateException("a row is in use");
                })))
                .isEqualTo("failed");
    }

    private static Expirable expirable(IntSupplier removal) {
        return new Expirable() {
            @Override
            public String name() {
                return "things";
            }

            @Override
            public int removeExpired() {
                return removal.getAsInt();
            }
        };
    }
}
