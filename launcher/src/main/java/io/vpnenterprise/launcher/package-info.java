/**
 * The embedded default: starts the whole product on one machine, for {@code ./mvnw -Prun} and for the system tests.
 *
 * <p>Its words are the field's: a <em>data directory</em> holds everything that outlives a run, <em>binaries</em> are a
 * PostgreSQL installation, a <em>server</em> is an application server with the product's archives deployed. Nothing of the
 * product is called at compile time; the launcher knows it by its archives, its environment and {@code /health/ready}.
 *
 * <p>Start reading at {@link io.vpnenterprise.launcher.Launcher}, which starts
 * {@link io.vpnenterprise.launcher.EmbeddedPostgres} and then {@link io.vpnenterprise.launcher.PayaraMicro}.
 */
package io.vpnenterprise.launcher;
