/**
 * The SQL assistant: asks a language model that the operator configured, of any service that speaks OpenAI's chat
 * completions, to write, explain, improve or mend SQL for a tenant's database.
 *
 * <p>The model gets the question and the catalogue as the caller's own role in the database sees it: tables, columns, keys. It
 * never gets a row, and what it answers is text that nobody runs but the member himself.
 *
 * <p>Calls {@code tenants} and {@code platform}. Start reading at {@link io.vpnenterprise.query.assistant.Assistant}.
 */
package io.vpnenterprise.query.assistant;
