package io.vpnenterprise.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterUrlTest {

    @Test
    void undoesPercentEncoding() {
        ClusterUrl url =
                ClusterUrl.parse("postgres://an%40a:p%3Aa%2Fs+s%25@db.example.org:6432/post%20gres?sslmode=require");

        assertThat(url)
                .isEqualTo(new ClusterUrl("db.example.org", 6432, "post gres", "an@a", "p:a/s+s%", "sslmode=require"));
        assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example.org:6432/post%20gres?sslmode=require");
        assertThat(url.toString()).doesNotContain("p:a");
    }

    @Test
    void knowsWhereAServerIsByDefault() {
        assertThat(ClusterUrl.parse("postgresql://a:b@host"))
                .isEqualTo(new ClusterUrl("host", 5432, "postgres", "a", "b", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "postgres://host/db",
                "postgres://secret@host",
                "mysql://a:secret@host",
                "postgres://a:se cret@host"
            })
    void refusesAnotherFormWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> ClusterUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContainingAny("secret", "se cret");
    }

    @Test
    void makesConnectionStringsThatCanBeRead() {
        String made = ClusterUrl.connectionString("host", 5432, "t_x", "t_x_owner", "p@:/?&=%+ ");

        assertThat(ClusterUrl.parse(made))
                .isEqualTo(new ClusterUrl("host", 5432, "t_x", "t_x_owner", "p@:/?&=%+ ", "sslmode=require"));
    }
}
