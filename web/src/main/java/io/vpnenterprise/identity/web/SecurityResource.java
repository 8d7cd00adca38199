package io.vpnenterprise.identity.web;

import io.vpnenterprise.identity.AccountSecurity;
import io.vpnenterprise.identity.Confirmation;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.QrCode;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.ShownOnce;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's second factors. */
@Path("user/security")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Identity")
public class SecurityResource {

    /**
     * What is on.
     *
     * @param totpSince since when; absent without an authenticator app
     */
    public record SecurityView(boolean totp, OffsetDateTime totpSince, int passkeys, int recoveryCodesLeft) {
        static SecurityView from(AccountSecurity.Overview overview) {
            return new SecurityView(
                    overview.totpSince().isPresent(),
                    overview.totpSince().orElse(null),
                    overview.passkeys(),
                    overview.recoveryCodesLeft());
        }
    }

    /**
     * A secret for an authenticator app, shown this once.
     *
     * @param secret base32, to be typed
     * @param uri the same, to be scanned
     * @param qrPng the URI as a picture
     */
    public record TotpSetupView(String secret, String uri, byte[] qrPng) implements ShownOnce {
        static TotpSetupView from(AccountSecurity.TotpSetup setup) {
            return new TotpSetupView(setup.secret(), setup.uri(), QrCode.png(setup.uri()));
        }

        @Override
        public TotpSetupView withoutSecrets() {
            return new TotpSetupView(null, null, null);
        }
    }

    /** A code of the app. */
    public record Code(String code) {}

    /** A password, or a code of the app, or a recovery code. */
    public record Proof(String password, String code) {
        Confirmation confirmation() {
            return new Confirmation(password, code);
        }
    }

    /** Codes that each sign in once, shown this once. */
    public record RecoveryCodesView(List<String> recoveryCodes) implements ShownOnce {
        @Override
        public RecoveryCodesView withoutSecrets() {
            return new RecoveryCodesView(null);
        }
    }

    @Inject
    AccountSecurity accountSecurity;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Which second factors the account has")
    public SecurityView overview() {
        return SecurityView.from(accountSecurity.overview(caller()));
    }

    @POST
    @Path("confirm")
    @Operation(
            summary = "Confirms by the password or a code that it is still the member who has this session",
            description = "For some minutes the session may then change how its owner signs in, as after a sign-in.")
    public void confirm(Proof proof) {
        accountSecurity.confirm(caller(), proof.confirmation());
    }

    @POST
    @Path("2fa/enable")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Makes a secret for an authenticator app, which counts once a code of it was confirmed")
    public TotpSetupView enableTotp() {
        return TotpSetupView.from(accountSecurity.enableTotp(caller()));
    }

    @POST
    @Path("2fa/confirm")
    @Operation(summary = "Turns the authenticator app on by a code of it; shows ten recovery codes")
    public RecoveryCodesView confirmTotp(Code code) {
        return new RecoveryCodesView(accountSecurity.confirmTotp(caller(), code.code()));
    }

    @POST
    @Path("2fa/disable")
    @Operation(summary = "Turns the authenticator app off, by the password or a code")
    public void disableTotp(Proof proof) {
        accountSecurity.disableTotp(caller(), proof.confirmation());
    }

    @POST
    @Path("2fa/recovery-codes")
    @Operation(summary = "Makes ten new recovery codes, by the password or a code; the old ones stop working")
    public RecoveryCodesView renewRecoveryCodes(Proof proof) {
        return new RecoveryCodesView(accountSecurity.renewRecoveryCodes(caller(), proof.confirmation()));
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
