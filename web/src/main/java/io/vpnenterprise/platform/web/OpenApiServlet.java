package io.vpnenterprise.platform.web;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;

/** {@code /openapi}: the API's description (OpenAPI 3.0) as YAML, or as JSON for a client that asks for it. */
@WebServlet("/openapi")
public class OpenApiServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String accept = request.getHeader("Accept");
        boolean json = "json".equalsIgnoreCase(request.getParameter("format"))
                || accept != null && accept.contains("application/json");
        response.setContentType(json ? "application/json" : "application/yaml");
        response.setCharacterEncoding("UTF-8");
        try (InputStream document = getServletContext()
                .getResourceAsStream("/WEB-INF/classes/META-INF/openapi." + (json ? "json" : "yaml"))) {
            document.transferTo(response.getOutputStream());
        }
    }
}
