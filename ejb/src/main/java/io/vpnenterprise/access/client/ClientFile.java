package io.vpnenterprise.access.client;

import java.nio.charset.StandardCharsets;

/** A file for a client. May hold a private key: its text is in no log. */
public record ClientFile(String name, String mediaType, byte[] content) {

    static ClientFile of(String name, String mediaType, String text) {
        return new ClientFile(name, mediaType, text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "ClientFile[" + name + ", ***]";
    }
}
