package io.vpnenterprise.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DatabaseTest {
    private final Database database = new Database("127.0.0.1", 5432, "vpn", "vpn", "p@ss /:%+");

    @Test
    void encodesTheUserAndPasswordInItsUrl() {
        assertThat(database.url()).isEqualTo("postgres://vpn:p%40ss%20%2F%3A%25%2B@127.0.0.1:5432/vpn");
    }

    @Test
    void hidesThePasswordWhenPrinted() {
        assertThat(database).hasToString("postgres://vpn:***@127.0.0.1:5432/vpn");
    }
}
