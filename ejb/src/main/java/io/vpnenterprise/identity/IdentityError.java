package io.vpnenterprise.identity;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with accounts and sign-ins. */
public enum IdentityError implements ErrorCode {
    INVALID_EMAIL(ErrorKind.INVALID, "This is not an e-mail address"),
    INVALID_PASSWORD(ErrorKind.INVALID, "A password has 8 to 256 characters"),
    SESSION_NOT_FOUND(ErrorKind.NOT_FOUND, "The user has no such session"),
    COMMON_PASSWORD(ErrorKind.INVALID, "This password is among the first that are tried; choose another"),
    EMAIL_TAKEN(ErrorKind.CONFLICT, "There is an account with this e-mail address"),
    EMAIL_NOT_VERIFIED(ErrorKind.CONFLICT, "Verify your e-mail address first, by the link that was mailed to it"),
    INVALID_ROLE(ErrorKind.INVALID, "The roles are user, admin and super_admin"),
    INVALID_API_KEY_NAME(ErrorKind.INVALID, "An API key's name has 1 to 50 printable characters"),
    INVALID_SCOPE(ErrorKind.INVALID, "An API key has scopes of the list"),
    INVALID_EXPIRY(ErrorKind.INVALID, "An API key expires at a time from now on, in ISO 8601, at most a year ahead"),
    SCOPE_NOT_OF_ORGANISATION(ErrorKind.INVALID, "A key for one organisation has scopes of organisations alone"),
    SCOPE_NOT_PERMITTED(ErrorKind.FORBIDDEN, "Your role does not permit what this scope is for"),
    API_KEY_NAME_TAKEN(ErrorKind.CONFLICT, "You have an API key with this name"),
    API_KEY_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "You have as many API keys as you may have"),
    API_KEY_OF_ORGANISATION(ErrorKind.FORBIDDEN, "This API key is for one organisation, and makes no other"),
    API_KEY_NOT_FOUND(ErrorKind.NOT_FOUND, "You have no such API key"),
    FEATURE_NOT_IN_TIER(ErrorKind.FORBIDDEN, "The organisation's tier does not have this"),
    INVALID_ORGANISATION_NAME(
            ErrorKind.INVALID, "An organisation's name has 1 to 100 printable characters, and no web address"),
    INVALID_TIER(ErrorKind.INVALID, "The tiers are free, business and enterprise"),
    INVALID_LIMIT(ErrorKind.INVALID, "This limit has no such value"),
    INVALID_ORGANISATION_ROLE(ErrorKind.INVALID, "The roles in an organisation are viewer, member, admin and owner"),
    ORGANISATION_NOT_FOUND(ErrorKind.NOT_FOUND, "You belong to no such organisation"),
    ORGANISATION_ROLE_TOO_LOW(ErrorKind.FORBIDDEN, "Your role in the organisation does not permit this"),
    ORGANISATION_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "The account owns as many organisations as it may"),
    ORGANISATION_FULL(ErrorKind.QUOTA_EXCEEDED, "The organisation's places are taken, by members and invitations"),
    OWNS_ORGANISATIONS(ErrorKind.CONFLICT, "The account is the only owner of organisations with other members"),
    MEMBER_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such member"),
    LAST_OWNER(ErrorKind.CONFLICT, "This is the last owner; make another first, or delete what he owns"),
    ALREADY_MEMBER(ErrorKind.CONFLICT, "This is a member already"),
    INVITATION_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such invitation for your address; it may have expired"),
    INVITATION_WAITS(ErrorKind.CONFLICT, "There is an invitation for this address"),
    INVITATION_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "You invited as many people as you may in a day"),
    USER_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such user"),
    OWN_ACCOUNT(ErrorKind.FORBIDDEN, "Nobody does this to his own account; ask another admin"),
    LAST_SUPER_ADMIN(ErrorKind.CONFLICT, "This is the last super admin; make another first"),
    PROVIDER_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such sign-in provider"),
    INVALID_RETURN_ADDRESS(ErrorKind.INVALID, "A return address is a path of this site"),
    EXTERNAL_SIGN_IN_INVALID(
            ErrorKind.INVALID, "This sign-in was not begun in this browser, or is over or used; begin again"),
    EXTERNAL_SIGN_IN_REFUSED(ErrorKind.UNAUTHENTICATED, "The provider did not sign you in"),
    PROVIDER_TOKEN_INVALID(ErrorKind.UNAUTHENTICATED, "What the provider says of you does not hold"),
    PROVIDER_UNAVAILABLE(ErrorKind.UNAVAILABLE, "The provider cannot be reached; try again shortly"),
    PROVIDER_ANSWER_INVALID(ErrorKind.BAD_GATEWAY, "The provider does not answer as it should; tell your operator"),
    PROVIDER_EMAIL_UNVERIFIED(ErrorKind.FORBIDDEN, "The provider has no verified e-mail address of yours"),
    EMAIL_DOMAIN_NOT_ALLOWED(ErrorKind.FORBIDDEN, "Addresses of this domain may not sign in by this provider"),
    ACCOUNT_NOT_ACTIVE(ErrorKind.FORBIDDEN, "This account may not sign in"),
    ACCOUNT_NEEDS_LINKING(
            ErrorKind.CONFLICT, "There is an account with this address; sign in to it and link the provider there"),
    IDENTITY_TAKEN(ErrorKind.CONFLICT, "This account of the provider belongs to another user"),
    TOO_MANY_IDENTITIES(ErrorKind.QUOTA_EXCEEDED, "The account has as many linked identities as it may have"),
    IDENTITY_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such linked identity"),
    LAST_WAY_IN(ErrorKind.CONFLICT, "This is the last way into the account; set a password first"),
    IDENTITY_MANAGES_ACCOUNT(
            ErrorKind.CONFLICT, "A provider manages this account: it stays linked, and its groups decide the role"),
    /** For an unknown address, a wrong password, an account that is locked or may not come in: alike. */
    WRONG_CREDENTIALS(ErrorKind.UNAUTHENTICATED, "E-mail address or password is wrong"),
    TOO_MANY_TRIES(ErrorKind.RATE_LIMITED, "Too many tries; wait before the next"),
    LINK_INVALID(ErrorKind.INVALID, "This link is unknown, used or expired; ask for a new one"),
    REFRESH_TOKEN_INVALID(ErrorKind.UNAUTHENTICATED, "The refresh token is unknown, used or expired; sign in again"),
    /** For one that is unknown, over, used up, or comes from elsewhere, alike. */
    CHALLENGE_INVALID(ErrorKind.UNAUTHENTICATED, "The challenge is unknown, used or expired; sign in again"),
    WRONG_CODE(ErrorKind.UNAUTHENTICATED, "This code is wrong or was used before"),
    INVALID_METHOD(ErrorKind.INVALID, "This is not a method that the challenge names"),
    TOO_MANY_CODES(ErrorKind.RATE_LIMITED, "Too many codes were tried; wait, or use another method"),
    CONFIRMATION_WRONG(ErrorKind.FORBIDDEN, "The password or code that confirms this is missing or wrong"),
    CONFIRMATION_NEEDED(ErrorKind.FORBIDDEN, "Confirm by your password or a code first, or sign in again"),
    TOTP_ALREADY_ON(ErrorKind.CONFLICT, "An authenticator app is on already; turn it off first"),
    TOTP_NOT_PENDING(ErrorKind.CONFLICT, "No authenticator app waits to be confirmed"),
    INVALID_PASSKEY_NAME(ErrorKind.INVALID, "A passkey's name has 1 to 64 printable characters"),
    PASSKEY_INVALID(ErrorKind.INVALID, "This passkey was not made for a challenge of ours that still holds"),
    PASSKEY_KNOWN(ErrorKind.CONFLICT, "This passkey is registered already"),
    PASSKEY_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "An account has at most 10 passkeys"),
    PASSKEY_NOT_FOUND(ErrorKind.NOT_FOUND, "The caller has no such passkey"),
    /** For an unknown key, a bad signature, and an account that may not come in, alike. */
    PASSKEY_REFUSED(ErrorKind.UNAUTHENTICATED, "This passkey does not sign in here; try again"),
    NO_SECOND_FACTOR(ErrorKind.CONFLICT, "The account has no second factor");

    private final ErrorKind kind;
    private final String sentence;

    IdentityError(ErrorKind kind, String sentence) {
        this.kind = kind;
        this.sentence = sentence;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
