package io.vpnenterprise.tenants;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with tenants. */
public enum TenantError implements ErrorCode {
    INVALID_TENANT_NAME(
            ErrorKind.INVALID, "A tenant's name has 3 to 100 letters, digits, spaces, dots, hyphens or underscores"),
    INVALID_PLAN(ErrorKind.INVALID, "A plan is free, pro or enterprise"),
    INVALID_PLAN_LIMIT(ErrorKind.INVALID, "A plan's limit is outside its range"),
    INVALID_ENGINE(ErrorKind.INVALID, "An engine is postgresql or mariadb"),
    INVALID_LOGIN(ErrorKind.INVALID, "A login is owner, writer or reader"),
    INVALID_TENANT_ROLE(ErrorKind.INVALID, "A role is viewer, editor, admin or owner"),
    TENANT_NOT_NAMED(ErrorKind.INVALID, "To be destroyed, a tenant is named: the name given is not its name"),
    TENANT_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such tenant"),
    TENANT_KEY_NOT_FOUND(ErrorKind.NOT_FOUND, "The tenant has no such key"),
    INVALID_TENANT_KEY_KIND(ErrorKind.INVALID, "A key is anon or service"),
    TENANT_KEY_LIMIT_REACHED(ErrorKind.CONFLICT, "The tenant has as many keys as it may"),
    JOB_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such job"),
    TENANT_ROLE_TOO_LOW(ErrorKind.FORBIDDEN, "Your role in this tenant does not permit this"),
    REGION_NOT_OFFERED(ErrorKind.CONFLICT, "There is no cluster for tenants in this region"),
    ENGINE_NOT_OFFERED(ErrorKind.CONFLICT, "There is no cluster for tenants of this engine"),
    ENGINE_NOT_SUPPORTED(ErrorKind.CONFLICT, "This is not offered for databases of this engine"),
    TENANT_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "The plan allows no further tenant"),
    STORAGE_EXCEEDED(ErrorKind.QUOTA_EXCEEDED, "The database holds more than the plan allows"),
    TENANT_NOT_READY(ErrorKind.CONFLICT, "The tenant is not in a state that permits this"),
    TENANT_BUSY(ErrorKind.CONFLICT, "A job of this tenant is under way; try again when it has ended"),
    TENANT_CONNECTIONS_USED_UP(ErrorKind.UNAVAILABLE, "The database has all the connections that its plan allows"),
    CLUSTER_UNAVAILABLE(ErrorKind.UNAVAILABLE, "The tenants' database server does not answer"),
    CLUSTER_REFUSED(ErrorKind.UNAVAILABLE, "The tenants' database server could not do this");

    private final ErrorKind kind;
    private final String sentence;

    TenantError(ErrorKind kind, String sentence) {
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
