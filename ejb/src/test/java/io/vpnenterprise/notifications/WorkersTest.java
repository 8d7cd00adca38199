package io.vpnenterprise.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WorkersTest {

    private final Workers workers = new Workers(4);

    @Test
    void leavesHalfToThoseThatWork() {
        assertThat(workers.take(true)).isTrue();
        assertThat(workers.take(true)).isTrue();

        assertThat(workers.take(true)).isFalse();

        assertThat(workers.take(false)).isTrue();
        assertThat(workers.take(false)).isTrue();
        assertThat(workers.take(false)).isFalse();
    }

    @Test
    void losesNoneWhenThereWasNone() {
        for (int i = 0; i < 4; i++) {
            workers.take(false);
        }
        assertThat(workers.take(true)).isFalse();
        workers.giveBack(false);
        workers.giveBack(false);

        assertThat(workers.take(true)).isTrue();
        assertThat(workers.take(true)).isTrue();
    }
}
