package io.vpnenterprise.node;

import java.io.IOException;
import java.io.Serializable;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/**
 * A host's or the platform's public key, ECDSA on nistp256: what OpenSSH makes by itself and Java has without a further
 * library.
 *
 * @param text algorithm and key in Base64, as OpenSSH's files have it, without a comment
 */
public record SshPublicKey(String text) implements Serializable {

    /** The comment is whatever its author liked; it is dropped. */
    private static final Pattern LINE = Pattern.compile("(ecdsa-sha2-nistp256 [A-Za-z0-9+/]{139}=)(?:\\s.*)?");

    public SshPublicKey {
        decoded(Objects.requireNonNull(text, "text is null"));
    }

    /**
     * Reads a line of a public key's file, such as {@code /etc/ssh/ssh_host_ecdsa_key.pub}.
     *
     * @throws IllegalArgumentException when it is no key of this kind
     */
    public static SshPublicKey ofLine(String line) {
        Matcher parts = LINE.matcher(line.strip());
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a line that begins: ecdsa-sha2-nistp256 AAAA");
        }
        return new SshPublicKey(parts.group(1));
    }

    static SshPublicKey of(PublicKey key) {
        return new SshPublicKey(PublicKeyEntry.toString(key));
    }

    /** As {@code ssh-keygen -l} shows it. */
    public String fingerprint() {
        return KeyUtils.getFingerPrint(toKey());
    }

    PublicKey toKey() {
        return decoded(text);
    }

    private static PublicKey decoded(String text) {
        try {
            PublicKey key = PublicKeyEntry.parsePublicKeyEntry(text)
                    .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
            // Two texts are one key exactly if they are equal.
            if (!PublicKeyEntry.toString(key).equals(text)) {
                throw new IllegalArgumentException("not a public key in its usual form");
            }
            return key;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException("not a public key", e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
