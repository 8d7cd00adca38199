package io.vpnenterprise.platform;

import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * What a caller proved himself with.
 *
 * @param id of the session or of the API key
 * @param method how he signed in, for people to read: {@code password}, {@code password, code}, {@code passkey}, …
 * @param scopes what an API key may be used for; without meaning for a session
 */
public record Credential(Kind kind, UUID id, String method, Set<String> scopes) {

    /** A session is a person's; an API key a program's, and can do less. */
    public enum Kind {
        SESSION,
        API_KEY
    }

    public Credential {
        Objects.requireNonNull(kind, "kind is null");
        Objects.requireNonNull(id, "id is null");
        Objects.requireNonNull(method, "method is null");
        scopes = Set.copyOf(scopes);
    }

    public static Credential session(UUID id, String method) {
        return new Credential(Kind.SESSION, id, method, Set.of());
    }

    /** @param name as its owner calls it */
    public static Credential apiKey(UUID id, String name, Set<String> scopes) {
        return new Credential(Kind.API_KEY, id, "API key " + name, scopes);
    }
}
