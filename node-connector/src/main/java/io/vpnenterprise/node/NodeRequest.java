package io.vpnenterprise.node;

import jakarta.resource.spi.ConnectionRequestInfo;

/** Which node a connection is asked for. */
record NodeRequest(NodeTarget target) implements ConnectionRequestInfo {}
