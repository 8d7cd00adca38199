package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaunchOptionsTest {

    @Test
    void startsASimulatedNodeOnPort8080ByDefault() {
        LaunchOptions options = options(Map.of(), Map.of());
        assertThat(options.port()).isEqualTo(8080);
        assertThat(options.node()).isEqualTo(LaunchOptions.Node.SIMULATED);
        assertThat(options.watch()).isFalse();
    }

    @Test
    void prefersTheArgumentToThePropertyToTheEnvironment() {
        Map<String, String> environment = Map.of("PORT", "1");
        assertThat(options(Map.of(), environment).port()).isEqualTo(1);
        assertThat(options(Map.of("port", "2"), environment).port()).isEqualTo(2);
        assertThat(options(Map.of("port", "2"), environment, "--port=3").port()).isEqualTo(3);
    }

    @Test
    void takesAnEmptyValueForAnAbsentOne() {
        LaunchOptions options = options(Map.of(), Map.of(), "--port=", "--data=", "--node=", "--watch=");
        assertThat(options).isEqualTo(options(Map.of(), Map.of()));
    }

    @Test
    void watchesWhenTheOptionStandsAlone() {
        assertThat(options(Map.of(), Map.of(), "--watch").watch()).isTrue();
    }

    @Test
    void makesTheDataDirectoryAbsolute() {
        assertThat(options(Map.of(), Map.of(), "--data=here").data())
                .isEqualTo(Path.of("here").toAbsolutePath());
    }

    @Test
    void refusesWhatItCannotMean() {
        assertThatThrownBy(() -> options(Map.of(), Map.of(), "--port=70000"))
                .hasMessage("The port is a number from 1 to 65535, not 70000.");
        assertThatThrownBy(() -> options(Map.of(), Map.of(), "--node=real"))
                .hasMessage("The node is simulated or wireguard, not real.");
    }

    private static LaunchOptions options(
            Map<String, String> properties, Map<String, String> environment, String... arguments) {
        return LaunchOptions.of(arguments, properties::get, environment);
    }
}
