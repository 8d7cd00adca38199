package io.vpnenterprise.systemtests;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import org.eclipse.microprofile.auth.LoginConfig;

/**
 * The application that {@link MicroProfileJwtIT} deploys beside ours. No nested class: the server would look for the class
 * around it, which is not in the archive.
 */
@ApplicationScoped
@ApplicationPath("/")
@LoginConfig(authMethod = "MP-JWT")
public class OtherApplication extends Application {}
