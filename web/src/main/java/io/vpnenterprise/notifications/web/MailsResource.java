package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.Delivery;
import io.vpnenterprise.notifications.Mails;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.RouteClass;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.CountedAs;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Mails that the platform sent, or holds because it has no mail server. */
@Path("admin/mails")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.ADMIN)
@Tag(name = "Notifications")
public class MailsResource {

    /** Where a test mail goes. */
    public record TestMail(String to) {}

    /** A test mail on its way. */
    public record TestMailSent(UUID id) {}

    /**
     * A mail.
     *
     * @param type {@code verify-email}, …, or the action that it tells of
     * @param state {@code held}, {@code waiting}, {@code delivered} or {@code failed}
     * @param lastStatus the mail server's reply code to the last attempt
     */
    public record MailView(
            UUID id,
            String to,
            String type,
            String state,
            int attempts,
            OffsetDateTime createdAt,
            OffsetDateTime lastAttemptAt,
            OffsetDateTime finishedAt,
            Integer lastStatus,
            String lastAnswer) {
        static MailView from(Delivery mail) {
            return new MailView(
                    mail.id(),
                    mail.destination(),
                    mail.type(),
                    mail.state().label(),
                    mail.attempts(),
                    mail.createdAt(),
                    mail.lastAttemptAt().orElse(null),
                    mail.finishedAt().orElse(null),
                    mail.lastStatus().orElse(null),
                    mail.lastAnswer().orElse(null));
        }
    }

    /**
     * A mail with what it says.
     *
     * @param link what its reader is to follow; may be absent
     */
    public record MailRead(MailView mail, String subject, String text, String link) {
        static MailRead from(Mails.Read read) {
            return new MailRead(
                    MailView.from(read.mail()),
                    read.text().subject(),
                    String.join("\n\n", read.text().paragraphs()),
                    read.text().link());
        }
    }

    /** A page of mails. */
    public record MailPage(List<MailView> items, long total, int page, int pageSize) {
        static MailPage from(Page<Delivery> page) {
            return new MailPage(
                    page.items().stream().map(MailView::from).toList(), page.total(), page.page(), page.pageSize());
        }
    }

    @Inject
    Mails mails;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists mails, newest first, without what they say; state: held, waiting, delivered, failed")
    public MailPage list(
            @QueryParam("state") String state,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        return MailPage.from(mails.page(DeliveryStates.of(state), Pages.of(page, pageSize)));
    }

    @GET
    @Path("{id}")
    @Operation(summary = "A mail that was not delivered, with its text and link, to pass on; its member is told")
    public MailRead read(@PathParam("id") UUID id) {
        return MailRead.from(mails.read(CallerContext.caller(security), id));
    }

    @POST
    @Path("test")
    @CountedAs(RouteClass.STRICT)
    @Operation(summary = "Sends a test mail; its state tells whether mail works")
    @APIResponseSchema(value = TestMailSent.class, responseCode = "202")
    public Response sendTest(TestMail mail) {
        return Response.accepted(new TestMailSent(mails.sendTest(CallerContext.caller(security), mail.to())))
                .build();
    }
}
