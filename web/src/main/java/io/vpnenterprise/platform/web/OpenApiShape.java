package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.Page;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Adds to the description what no single resource says: the envelope around every answer, the failure that every endpoint
 * can give, and the headers that many take. Runs in the build.
 */
public class OpenApiShape implements OASFilter {

    private static final String JSON = "application/json";
    private static final String FAILURE = "Failure";

    @Override
    public void filterOpenAPI(OpenAPI api) {
        api.getComponents().addSchema(FAILURE, failure());
        api.getPaths().getPathItems().values().forEach(path -> path.getOperations()
                .forEach(this::complete));
    }

    private void complete(PathItem.HttpMethod method, Operation operation) {
        operation.getResponses().getAPIResponses().values().forEach(OpenApiShape::wrap);
        if (operation.getParameters() != null) {
            operation.getParameters().forEach(OpenApiShape::number);
        }
        operation
                .getResponses()
                .addAPIResponse(
                        "default",
                        OASFactory.createAPIResponse()
                                .description("Any failure; its code says which")
                                .content(content(OASFactory.createSchema().ref(FAILURE))));
        boolean open =
                operation.getSecurity() != null && operation.getSecurity().isEmpty();
        if (open) {
            operation.addParameter(
                    header(
                            SessionCookies.DEVICE_HEADER,
                            "The deviceToken of an earlier sign-in: this device is still heard when its network sent too much"));
        } else if (List.of("POST", "PUT", "PATCH", "DELETE").contains(method.name())) {
            operation.addParameter(header(
                    "Idempotency-Key",
                    "Makes this happen once: a repetition gets the first answer, without its secrets"));
        }
    }

    private static Parameter header(String name, String description) {
        return OASFactory.createParameter()
                .name(name)
                .in(Parameter.In.HEADER)
                .description(description)
                .schema(OASFactory.createSchema().type(Schema.SchemaType.STRING).maxLength(128));
    }

    private static void wrap(APIResponse response) {
        MediaType json = response.getContent() == null
                ? null
                : response.getContent().getMediaTypes().get(JSON);
        // Only our own records are wrapped, and those are references; a key set goes out as it is.
        if (json != null && json.getSchema() != null && json.getSchema().getRef() != null) {
            json.setSchema(OASFactory.createSchema()
                    .type(Schema.SchemaType.OBJECT)
                    .required(List.of("success", "data", "timestamp"))
                    .properties(Map.of(
                            "success", OASFactory.createSchema().type(Schema.SchemaType.BOOLEAN),
                            "data", json.getSchema(),
                            "timestamp", timestamp())));
        }
    }

    /** Pages are read as text, so that what is no number gets our code; they are numbers all the same. */
    private static void number(Parameter parameter) {
        if (List.of("page", "pageSize").contains(parameter.getName())) {
            parameter.setSchema(OASFactory.createSchema()
                    .type(Schema.SchemaType.INTEGER)
                    .minimum(BigDecimal.ONE)
                    .maximum(parameter.getName().equals("page") ? null : BigDecimal.valueOf(Page.MAX_SIZE)));
        }
    }

    private static Schema failure() {
        return OASFactory.createSchema()
                .type(Schema.SchemaType.OBJECT)
                .required(List.of("success", "error", "code", "requestId", "timestamp"))
                .properties(Map.of(
                        "success", OASFactory.createSchema().type(Schema.SchemaType.BOOLEAN),
                        "error", text("A sentence for a person"),
                        "code", text("Stable, for a program"),
                        "field", text("The request's field that is to blame, if one is"),
                        "details",
                                OASFactory.createSchema()
                                        .type(Schema.SchemaType.OBJECT)
                                        .description("What the endpoint says beside, such as a position in SQL"),
                        "requestId", text("Also in the header X-Request-Id"),
                        "timestamp", timestamp()));
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().type(Schema.SchemaType.STRING).description(description);
    }

    private static Schema timestamp() {
        return OASFactory.createSchema().type(Schema.SchemaType.STRING).format("date-time");
    }

    private static Content content(Schema schema) {
        return OASFactory.createContent()
                .addMediaType(JSON, OASFactory.createMediaType().schema(schema));
    }
}
