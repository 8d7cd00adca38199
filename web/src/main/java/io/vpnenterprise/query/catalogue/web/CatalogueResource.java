package io.vpnenterprise.query.catalogue.web;

import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.web.CallerContext;
import io.vpnenterprise.platform.web.MayCall;
import io.vpnenterprise.query.catalogue.Catalogue;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
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

/** What a tenant's database has as a whole. */
@Path("tenants/{id}/catalogue")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
@MayCall(value = Caller.USER, scope = "tenants")
@Tag(name = "Catalogue")
public class CatalogueResource {

    /** A role of the database. */
    public record RoleView(String name, boolean canSignIn, int connectionLimit, List<String> memberOf) {
        static RoleView from(Catalogue.Role role) {
            return new RoleView(role.name(), role.canSignIn(), role.connectionLimit(), role.memberOf());
        }
    }

    /** The tenant's roles. */
    public record RoleList(List<RoleView> roles) {}

    /**
     * An extension that the server has.
     *
     * @param installedVersion absent when it is not installed in this database
     * @param allowed whether members who change tables may install it
     */
    public record ExtensionView(
            String name, String installedVersion, String defaultVersion, boolean allowed, String comment) {
        static ExtensionView from(Catalogue.Extension extension) {
            return new ExtensionView(
                    extension.name(),
                    extension.installedVersion().orElse(null),
                    extension.defaultVersion(),
                    extension.allowed(),
                    extension.comment());
        }
    }

    /** All extensions that the server has. */
    public record ExtensionList(List<ExtensionView> extensions) {}

    /** Bytes on disk, and the largest tables. */
    public record SizesView(
            long databaseBytes, long tableBytes, long indexBytes, long tables, List<RelationView> largest) {
        static SizesView from(Catalogue.Sizes sizes) {
            return new SizesView(
                    sizes.databaseBytes(),
                    sizes.tableBytes(),
                    sizes.indexBytes(),
                    sizes.tables(),
                    sizes.largest().stream().map(RelationView::from).toList());
        }
    }

    @Inject
    Catalogue catalogue;

    @Context
    SecurityContext security;

    @GET
    @Path("roles")
    @Operation(summary = "Lists the roles of the database, for policies and grants")
    public RoleList roles(@PathParam("id") UUID id) {
        return new RoleList(
                catalogue.roles(caller(), id).stream().map(RoleView::from).toList());
    }

    @GET
    @Path("extensions")
    @Operation(summary = "Lists extensions: which are installed, and which may be")
    public ExtensionList extensions(@PathParam("id") UUID id) {
        return new ExtensionList(catalogue.extensions(caller(), id).stream()
                .map(ExtensionView::from)
                .toList());
    }

    @GET
    @Path("sizes")
    @Operation(summary = "What the database takes on disk, and its twenty largest tables")
    public SizesView sizes(@PathParam("id") UUID id) {
        return SizesView.from(catalogue.sizes(caller(), id));
    }

    private Caller caller() {
        return CallerContext.caller(security);
    }
}
