package io.vpnenterprise.identity;

/**
 * What a member proves himself with once more, in the middle of a session: his password, or a code.
 *
 * @param code of the authenticator app, or a recovery code; where it is given, it counts
 */
public record Confirmation(String password, String code) {

    @Override
    public String toString() {
        return "Confirmation[***]";
    }
}
