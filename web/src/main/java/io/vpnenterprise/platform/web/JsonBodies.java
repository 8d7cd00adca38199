package io.vpnenterprise.platform.web;

import io.vpnenterprise.platform.PlatformError;
import io.vpnenterprise.platform.VpnException;
import jakarta.annotation.Priority;
import jakarta.json.JsonException;
import jakarta.json.bind.JsonbException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads and writes our records, so that a body means the same on every server, and a bad one has our code. Only our own
 * types: the servers' providers keep theirs.
 */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
@Produces({MediaType.APPLICATION_JSON, "application/problem+json"})
@Priority(1)
public class JsonBodies implements MessageBodyReader<Object>, MessageBodyWriter<Object> {

    @Override
    public boolean isReadable(Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
        return ours(type);
    }

    @Override
    public Object readFrom(
            Class<Object> type,
            Type generic,
            Annotation[] annotations,
            MediaType media,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        byte[] bytes = body.readAllBytes();
        if (bytes.length == 0) {
            if (Arrays.stream(annotations).anyMatch(MayBeEmpty.class::isInstance)) {
                return null;
            }
            throw new VpnException(PlatformError.MALFORMED_JSON, "the body is empty");
        }
        String text = new String(bytes, StandardCharsets.UTF_8);
        Json.requireValid(text);
        try {
            Object read = Json.JSONB.fromJson(text, type);
            if (read != null) {
                return read;
            }
        } catch (JsonbException | JsonException e) {
            throw new VpnException(PlatformError.MALFORMED_JSON, null, e);
        }
        throw new VpnException(PlatformError.MALFORMED_JSON, "the body is null");
    }

    @Override
    public boolean isWriteable(Class<?> type, Type generic, Annotation[] annotations, MediaType media) {
        return ours(type);
    }

    @Override
    public void writeTo(
            Object entity,
            Class<?> type,
            Type generic,
            Annotation[] annotations,
            MediaType media,
            MultivaluedMap<String, Object> headers,
            OutputStream body)
            throws IOException {
        body.write(Json.JSONB.toJson(entity).getBytes(StandardCharsets.UTF_8));
    }

    private static boolean ours(Class<?> type) {
        return type.isRecord() && type.getName().startsWith("io.vpnenterprise.");
    }
}
