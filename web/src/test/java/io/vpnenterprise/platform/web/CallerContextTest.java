package io.vpnenterprise.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vpnenterprise.identity.VerifiedToken;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Credential;
import io.vpnenterprise.platform.Origin;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.eclipse.microprofile.jwt.JsonWebToken;
import org.junit.jupiter.api.Test;

class CallerContextTest {

    @Test
    void tellsTheGroupsAsTheyAreNow() {
        Caller caller = new Caller(
                UUID.randomUUID(),
                "ann@example.org",
                Set.of(Caller.USER),
                Credential.session(UUID.randomUUID(), "password"),
                Origin.NONE);
        VerifiedToken ofAnAdmin = new VerifiedToken("", Map.of("groups", Set.of(Caller.USER, Caller.ADMIN)), caller);

        JsonWebToken token = (JsonWebToken) new CallerContext(ofAnAdmin, true).getUserPrincipal();

        assertThat(token.<Set<String>>getClaim("groups"))
                .isEqualTo(token.getGroups())
                .containsExactly(Caller.USER);
    }
}
