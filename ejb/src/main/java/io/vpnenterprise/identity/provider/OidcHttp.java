package io.vpnenterprise.identity.provider;

import com.nimbusds.common.contenttype.ContentType;
import com.nimbusds.jose.util.Resource;
import com.nimbusds.jose.util.ResourceRetriever;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPRequest;
import com.nimbusds.oauth2.sdk.http.ReadOnlyHTTPResponse;
import io.vpnenterprise.platform.BoundedHttp;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls one provider within the bounds of {@link BoundedHttp}, for the library that speaks OpenID Connect. Thread-safe. */
final class OidcHttp implements HTTPRequestSender, ResourceRetriever {

    /** Key sets and metadata have a few KiB. */
    static final int MAX_BYTES = 256 * 1024;

    private static final int MOST_AT_ONCE = 16;

    private final BoundedHttp http;

    OidcHttp(Duration deadline) {
        this.http = new BoundedHttp(deadline, MAX_BYTES, MOST_AT_ONCE);
    }

    Duration deadline() {
        return http.deadline();
    }

    /** Secrets travel by TLS, or stay on this machine. */
    static boolean mayTalkTo(URI address) {
        return BoundedHttp.mayTalkTo(address);
    }

    @Override
    public ReadOnlyHTTPResponse send(ReadOnlyHTTPRequest request) throws IOException {
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.getURI())
                .method(
                        request.getMethod().name(),
                        request.getBody() == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(request.getBody()));
        request.getHeaderMap().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        HttpResponse<byte[]> answer = http.send(builder.build());
        HTTPResponse response = new HTTPResponse(answer.statusCode());
        response.setBody(new String(answer.body(), StandardCharsets.UTF_8));
        try {
            response.setContentType(answer.headers().firstValue("Content-Type").orElse("application/octet-stream"));
        } catch (ParseException e) {
            throw new IOException("a content type that is none", e);
        }
        return response;
    }

    @Override
    public Resource retrieveResource(URL url) throws IOException {
        try {
            HTTPRequest get = new HTTPRequest(HTTPRequest.Method.GET, url.toURI());
            get.setAccept(ContentType.APPLICATION_JSON.getType());
            ReadOnlyHTTPResponse response = send(get);
            if (response.getStatusCode() != HTTPResponse.SC_OK) {
                throw new IOException(url + " answers " + response.getStatusCode());
            }
            return new Resource(response.getBody(), ContentType.APPLICATION_JSON.getType());
        } catch (URISyntaxException e) {
            throw new IOException("not an address: " + url, e);
        }
    }
}
