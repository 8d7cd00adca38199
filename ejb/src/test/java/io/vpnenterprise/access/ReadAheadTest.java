package io.vpnenterprise.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vpnenterprise.fleet.FleetError;
import io.vpnenterprise.platform.VpnException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadAheadTest {

    private final List<Integer> all = IntStream.range(0, 7).boxed().toList();
    private final List<String> done = new ArrayList<>();

    @Test
    void readsEachPageBeforeTheOneBeforeItIsUsed() {
        ReadAhead.eachPage(all, 3, Runnable::run, this::read, this::use);

        assertThat(done)
                .containsExactly(
                        "read [0, 1, 2]", "read [3, 4, 5]", "use [0, 1, 2]", "read [6]", "use [3, 4, 5]", "use [6]");
    }

    @Test
    void doesNothingWithNothing() {
        ReadAhead.eachPage(List.<Integer>of(), 3, Runnable::run, this::read, this::use);

        assertThat(done).isEmpty();
    }

    @Test
    void usesNoPageAfterOneThatWasNotTaken() {
        assertThatThrownBy(() -> ReadAhead.eachPage(all, 3, Runnable::run, this::read, page -> {
                    use(page);
                    throw new VpnException(FleetError.NODE_UNREACHABLE);
                }))
                .isInstanceOfSatisfying(
                        VpnException.class, e -> assertThat(e.code()).isEqualTo(FleetError.NODE_UNREACHABLE));

        assertThat(done).filteredOn(step -> step.startsWith("use")).containsExactly("use [0, 1, 2]");
    }

    @Test
    void throwsWhatReadingThrew() {
        assertThatThrownBy(() -> ReadAhead.eachPage(
                        all,
                        3,
                        Runnable::run,
                        page -> {
                            if (page.contains(3)) {
                                throw new IllegalStateException("the database is away");
                            }
                            return read(page);
                        },
                        this::use))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the database is away");

        assertThat(done).containsExactly("read [0, 1, 2]", "use [0, 1, 2]");
    }

    @Test
    void readsByItselfWhenTheExecutorTakesNoMore() {
        ReadAhead.eachPage(
                all,
                3,
                work -> {
                    throw new RejectedExecutionException();
                },
                this::read,
                this::use);

        assertThat(done).hasSize(6).endsWith("use [6]");
    }

    private List<Integer> read(List<Integer> page) {
        done.add("read " + page);
        return page;
    }

    private void use(List<Integer> page) {
        done.add("use " + page);
    }
}
