package io.vpnenterprise.identity;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.VpnException;
import java.util.UUID;

/**
 * Which admin may change which account. An admin acts on users only; a super admin on everybody. Only super admins give
 * and take roles: an admin who could make admins would make one who outlives his own removal. Nobody changes his own role,
 * suspends or deletes himself: a slip would lock him out, and that the last super admin stays would hang on it.
 */
final class AdminRule {

    private AdminRule() {}

    /** Whether an account of one role may be suspended, restored, deleted or signed out by another. */
    static boolean mayChange(Role actor, Role target) {
        return switch (actor) {
            case SUPER_ADMIN -> true;
            case ADMIN -> target == Role.USER;
            case USER -> false;
        };
    }

    /** Whether a new account may be given a role. */
    static boolean mayMake(Role actor, Role given) {
        return mayChange(actor, given);
    }

    /** Whether roles may be given to accounts that are there, and taken. */
    static boolean mayChangeRoles(Role actor) {
        return actor == Role.SUPER_ADMIN;
    }

    /** @throws VpnException {@code OWN_ACCOUNT} */
    static void requireAnother(Caller caller, UUID userId) {
        if (caller.userId().equals(userId)) {
            throw new VpnException(IdentityError.OWN_ACCOUNT);
        }
    }
}
