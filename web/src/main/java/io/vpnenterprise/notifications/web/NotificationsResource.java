package io.vpnenterprise.notifications.web;

import io.vpnenterprise.notifications.Notification;
import io.vpnenterprise.notifications.NotificationSettings;
import io.vpnenterprise.notifications.Notifications;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Page;
import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.platform.web.Pages;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The caller's notifications, and what he wants to hear. */
@Path("user/notifications")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(Caller.USER)
@Tag(name = "Notifications")
public class NotificationsResource {

    /**
     * A notification.
     *
     * @param category {@code security_alert}, {@code connection}, {@code device}, {@code system}
     * @param level {@code info}, {@code warning}, {@code critical}
     * @param action of the event that it tells of
     */
    public record NotificationView(
            UUID id,
            String category,
            String level,
            String action,
            String title,
            String body,
            OffsetDateTime createdAt,
            OffsetDateTime readAt) {
        static NotificationView from(Notification notification) {
            return new NotificationView(
                    notification.id(),
                    notification.category(),
                    notification.level(),
                    notification.action(),
                    notification.title(),
                    notification.body(),
                    notification.createdAt(),
                    notification.readAt().orElse(null));
        }
    }

    /**
     * A page of notifications.
     *
     * @param unreadCount of all pages
     */
    public record NotificationPage(List<NotificationView> items, long total, int page, int pageSize, long unreadCount) {
        static NotificationPage from(Page<Notification> page, long unread) {
            return new NotificationPage(
                    page.items().stream().map(NotificationView::from).toList(),
                    page.total(),
                    page.page(),
                    page.pageSize(),
                    unread);
        }
    }

    /** What the caller wants to hear; what is absent stays as it is. Alerts about his account come by mail regardless. */
    public record Settings(
            Boolean email,
            Boolean push,
            Boolean inApp,
            Boolean securityAlerts,
            Boolean connectionEvents,
            Boolean deviceEvents) {
        static Settings from(NotificationSettings settings) {
            return new Settings(
                    settings.email(),
                    settings.push(),
                    settings.inApp(),
                    settings.securityAlerts(),
                    settings.connectionEvents(),
                    settings.deviceEvents());
        }

        NotificationSettings.Change change() {
            return new NotificationSettings.Change(email, push, inApp, securityAlerts, connectionEvents, deviceEvents);
        }
    }

    @Inject
    Notifications notifications;

    @Context
    SecurityContext security;

    @GET
    @Operation(summary = "Lists the caller's notifications, newest first; filter: unread")
    public NotificationPage list(
            @QueryParam("filter") String filter,
            @QueryParam("page") String page,
            @QueryParam("pageSize") String pageSize) {
        if (filter != null && !filter.equals("unread") && !filter.equals("all")) {
            throw VpnException.ofField(PlatformError.INVALID_PARAMETER, "filter", "all, unread");
        }
        Caller caller = CallerContext.caller(security);
        return NotificationPage.from(
                notifications.page(caller, "unread".equals(filter), Pages.of(page, pageSize)),
                notifications.unread(caller));
    }

    @PUT
    @Path("{id}/read")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Marks a notification as read")
    public void markRead(@PathParam("id") UUID id) {
        notifications.markRead(CallerContext.caller(security), id);
    }

    @PUT
    @Path("read-all")
    @Consumes(MediaType.WILDCARD)
    @Operation(summary = "Marks all notifications of the caller as read")
    public void markAllRead() {
        notifications.markAllRead(CallerContext.caller(security));
    }

    @DELETE
    @Path("{id}")
    @Operation(summary = "Removes a notification")
    public void remove(@PathParam("id") UUID id) {
        notifications.remove(CallerContext.caller(security), id);
    }

    @GET
    @Path("settings")
    @Operation(summary = "What the caller wants to hear")
    public Settings settings() {
        return Settings.from(
                notifications.settings(CallerContext.caller(security).userId()));
    }

    @PUT
    @Path("settings")
    @Operation(summary = "Sets what the caller wants to hear; alerts about his account come by mail regardless")
    public Settings set(Settings settings) {
        return Settings.from(notifications.change(CallerContext.caller(security), settings.change()));
    }
}
