/**
 * What goes out of the house because something happened: mails, notifications in the application, push messages, webhooks.
 *
 * <p>Words: a <b>delivery</b> is one message to one destination, a row until it is over; a <b>channel</b> is the way it
 * goes; a <b>courier</b> carries one channel; a <b>lane</b> is what shares a bound on attempts at once, such as one
 * webhook; a <b>parcel</b> is a delivery claimed for one attempt; a mail is <b>held</b> where there is no mail server.
 *
 * <p>Everything begins with an event of the outbox: its deliveries are made in the transaction that hears it, so a crash
 * loses none. An attempt is claimed, carried outside any transaction, and noted; after a crash its lease runs out and it is
 * made again, so a receiver may get one twice and tells by its id. Order is not promised. What is of no more use when its
 * turn comes, such as a link that is over, is not sent.
 *
 * <p>Hears {@code AuditEvent}s of all features; calls {@code platform} and {@code identity}; nobody calls it but its own
 * edge. Start reading at {@link io.vpnenterprise.notifications.Dispatcher}, then {@link
 * io.vpnenterprise.notifications.Mails}.
 */
package io.vpnenterprise.notifications;
