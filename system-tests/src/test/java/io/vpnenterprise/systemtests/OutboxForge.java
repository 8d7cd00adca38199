package io.vpnenterprise.systemtests;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Writes into the outbox what the platform takes for its own, which takes the master key beside the database. */
final class OutboxForge {

    private OutboxForge() {}

    static void add(Connection sql, String type, String payload) throws SQLException {
        addMany(sql, 1, type, payload);
    }

    /** The same event so many times. */
    static void addMany(Connection sql, int times, String type, String payload) throws SQLException {
        try (PreparedStatement next =
                        sql.prepareStatement("SELECT nextval('outbox_id_seq') FROM generate_series(1, ?)");
                PreparedStatement insert = sql.prepareStatement("INSERT INTO outbox (id, type, payload, mac)"
                        + " OVERRIDING SYSTEM VALUE VALUES (?, ?, ?::json, ?)")) {
            next.setInt(1, times);
            ResultSet ids = next.executeQuery();
            while (ids.next()) {
                long id = ids.getLong(1);
                insert.setLong(1, id);
                insert.setString(2, type);
                insert.setString(3, payload);
                insert.setBytes(4, mac(id + "\n" + type + "\n" + payload));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static byte[] mac(String text) {
        try {
            byte[] key = hmac(Base64.getDecoder().decode(Product.MASTER_KEY), "mac/outbox");
            return hmac(key, text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
