package io.vpnenterprise.systemtests;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The tokens of the links that a product mails, read where it keeps them for the mail: sealed, under a key tests know. */
final class MailedLinks {

    private final Product product;

    MailedLinks(Product product) {
        this.product = product;
    }

    String invitationToken(String invitationId) {
        try (Connection connection = product.database().connect();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT sealed_token FROM invitations WHERE id = ?::uuid")) {
            statement.setString(1, invitationId);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new AssertionError("no invitation " + invitationId);
                }
                return new String(
                        TokenForge.open(row.getBytes("sealed_token"), "invitations/" + invitationId),
                        StandardCharsets.UTF_8);
            }
        } catch (SQLException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The newest link's that still works; purpose as the database has it. */
    String token(String email, String purpose) {
        try (Connection connection = product.database().connect();
                PreparedStatement statement = connection.prepareStatement("""
                        SELECT id, sealed_token FROM account_links
                        WHERE email = ? AND purpose = ? AND used_at IS NULL ORDER BY created_at DESC LIMIT 1""")) {
            statement.setString(1, email);
            statement.setString(2, purpose);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new AssertionError("no link " + purpose + " for " + email);
                }
                return new String(
                        TokenForge.open(row.getBytes("sealed_token"), "account_links/" + row.getString("id")),
                        StandardCharsets.UTF_8);
            }
        } catch (SQLException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
