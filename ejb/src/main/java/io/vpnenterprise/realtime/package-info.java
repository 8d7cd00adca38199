/**
 * What clients hear without asking. So far its settings; what is heard is each member's own audit, see {@code realtime.web}.
 *
 * <p>Words: a <b>socket</b> is one client's WebSocket connection; it is <b>ready</b> once its token was accepted, and is
 * closed as soon as that token would not be accepted any more.
 */
package io.vpnenterprise.realtime;
