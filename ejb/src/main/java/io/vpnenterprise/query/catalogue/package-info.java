/**
 * What is in a tenant's database, read from PostgreSQL's own catalogue, and changes of it as statements that are shown first.
 *
 * <p>Words: a <b>schema</b>, <b>table</b>, <b>column</b> and so on are PostgreSQL's; a <b>relationship</b> is a foreign key
 * with its columns in pairs; a <b>change</b> is a structured wish that becomes statements, which are shown or run.
 *
 * <p>All of it happens in the member's own session, so what he may not do PostgreSQL refuses. Names in statements are quoted
 * by {@link io.vpnenterprise.query.catalogue.SqlText}; nothing else of a request becomes part of one, but types of a checked
 * form ({@link io.vpnenterprise.query.catalogue.TypeName}) and expressions in brackets that they cannot leave ({@link
 * io.vpnenterprise.query.catalogue.SqlExpression}).
 *
 * <p>Calls {@code tenants} and {@code platform}. Start reading at {@link io.vpnenterprise.query.catalogue.Catalogue}, then
 * {@link io.vpnenterprise.query.catalogue.SchemaChanges}.
 */
package io.vpnenterprise.query.catalogue;
