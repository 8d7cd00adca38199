/**
 * The rows of a tenant's tables: pages with search, order and filters, changes by primary key, export and import.
 *
 * <p>Words: a <b>filter</b> is a column, one of eleven operators and a value; a <b>key</b> is the values of a primary key's
 * columns, by name; an <b>export</b> and an <b>import</b> are streams of a whole table.
 *
 * <p>Everything happens in the caller's own session, so privileges and row-level security are PostgreSQL's. Values are
 * parameters; PostgreSQL itself reads them as their columns' types.
 *
 * <p>Calls {@code query.catalogue}, {@code tenants} and {@code platform}. Start reading at {@link
 * io.vpnenterprise.query.data.TableRows}, then {@link io.vpnenterprise.query.data.RowChanges}.
 */
package io.vpnenterprise.query.data;
