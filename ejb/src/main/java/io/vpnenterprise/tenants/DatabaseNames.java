package io.vpnenterprise.tenants;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a tenant's database and roles are called in a cluster. Every tenant there can read all names (PostgreSQL shows {@code
 * pg_database} and {@code pg_roles} to everybody), so they say nothing; and they need no quoting.
 *
 * @param database also the role that all logins are members of, by which {@code pg_hba.conf} lets them in
 */
record DatabaseNames(String database) {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static final int LENGTH = 16;

    DatabaseNames {
        if (!database.matches("t_[a-z0-9]{" + LENGTH + "}")) {
            throw new IllegalArgumentException("not the name of a tenant's database: " + database);
        }
    }

    static DatabaseNames random() {
        StringBuilder name = new StringBuilder("t_");
        RANDOM.ints(LENGTH, 0, ALPHABET.length()).forEach(i -> name.append(ALPHABET.charAt(i)));
        return new DatabaseNames(name.toString());
    }

    /** The role that owns schemas, tables and all else: nobody can sign in as it. */
    String objects() {
        return database + "_objects";
    }

    /** The role that may write rows. */
    String write() {
        return database + "_write";
    }

    /** The role that may read rows. */
    String read() {
        return database + "_read";
    }

    /** The role of those who have no account: it has nothing but what the tenant gives it. Made with the first such key. */
    String anon() {
        return database + "_anon";
    }

    /** The role that owns what there is while the database is over its storage limit: nobody is a member of it. */
    String kept() {
        return database + "_kept";
    }

    /** The role as which the owner's login makes room then. */
    String relief() {
        return database + "_relief";
    }

    String login(Login login) {
        return database + "_" + login.label();
    }

    List<String> logins() {
        return Arrays.stream(Login.values()).map(this::login).toList();
    }

    /** In an order in which they can be made; they go in the opposite one. */
    List<String> roles() {
        return Stream.concat(
                        Stream.of(database, objects(), write(), read(), anon(), kept(), relief()), logins().stream())
                .toList();
    }
}
