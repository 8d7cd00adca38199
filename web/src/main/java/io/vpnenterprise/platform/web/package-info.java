/**
 * The HTTP edge that all features share: how a request comes in, who may make it, how an answer or a failure goes out.
 *
 * <p>Every request comes in through {@link io.vpnenterprise.platform.web.EveryRequest}. Under {@code /api} it passes {@link io.vpnenterprise.platform.web.ApiAddress}, {@link
 * io.vpnenterprise.platform.web.BodyLimit}, the {@link io.vpnenterprise.platform.web.AccessControl} of its endpoint and
 * {@link io.vpnenterprise.platform.web.Idempotency}, reaches one resource method, and leaves in an {@link
 * io.vpnenterprise.platform.web.Envelope}; any failure leaves through {@link
 * io.vpnenterprise.platform.web.FailureMapper}. {@code /health}, {@code /metrics} and {@code /openapi} are servlets, at the
 * same place on every server.
 */
package io.vpnenterprise.platform.web;
