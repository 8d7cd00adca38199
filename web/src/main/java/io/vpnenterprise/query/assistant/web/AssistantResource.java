package io.vpnenterprise.query.assistant.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.assistant.Action;
import io.vpnenterprise.query.assistant.Advice;
import io.vpnenterprise.query.assistant.Assistant;
import io.vpnenterprise.query.assistant.AssistantError;
import io.vpnenterprise.tenants.Tenants;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Help with SQL from a language model, where the operator has configured one. */
@Path("tenants/{id}/assistant")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Queries")
public class AssistantResource {

    /**
     * What to ask.
     *
     * @param action {@code generate}, {@code explain}, {@code optimise} or {@code fix}
     * @param question what is wanted, or the error that a statement caused
     * @param sql the statement, but for {@code generate}
     */
    public record Question(String action, String question, String sql) {}

    /**
     * What the model said; nobody has run it.
     *
     * @param catalogueCut whether the database has more tables than the model was told
     */
    public record AdviceView(
            String sql, String explanation, List<String> suggestions, String model, boolean catalogueCut) {
        static AdviceView from(Advice advice) {
            return new AdviceView(
                    advice.sql().orElse(null),
                    advice.explanation(),
                    advice.suggestions(),
                    advice.model(),
                    advice.catalogueCut());
        }
    }

    /** Whether there is an assistant; if so, its model. */
    public record Offer(boolean offered, String model) {}

    @Inject
    Assistant assistant;

    @Inject
    Tenants tenants;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Whether there is a SQL assistant")
    public Offer offer(@PathParam("id") UUID id) {
        tenants.require(CallerContext.caller(security), id);
        return new Offer(assistant.model().isPresent(), assistant.model().orElse(null));
    }

    @POST
    @CountedAs(RouteClass.STRICT)
    @Operation(
            summary = "Asks the SQL assistant to write, explain, improve or mend a statement",
            description =
                    "The model gets the catalogue as the caller's role in the database sees it, and never a row. What it answers"
                            + " may be wrong, and is not run.")
    public AdviceView ask(@PathParam("id") UUID id, Question question) {
        Action action = Action.find(question.action())
                .orElseThrow(() -> VpnException.ofField(AssistantError.INVALID_ASSISTANT_ACTION, "action", null));
        return AdviceView.from(
                assistant.ask(CallerContext.caller(security), id, action, question.question(), question.sql()));
    }
}
