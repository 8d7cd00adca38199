/**
 * {@code /realtime}, a WebSocket (RFC 6455) of JSON messages.
 *
 * <p>The client begins with {@code {"type":"auth","token":"…"}}, within 5 seconds; a token never stands in an address, which
 * ends up in logs. A page whose session is in cookies says {@code {"type":"auth","csrfToken":"…"}} instead; when its access
 * token has expired, it refreshes and opens another socket. The answer is {@code {"type":"ready"}}. From then on the member's own audit entries arrive as {@code
 * {"type":"event","entry":{…}}}. {@code {"type":"ping","id":"…"}} is answered by {@code {"type":"pong","id":"…"}}; another
 * {@code auth} renews the token in place. The server closes with a code of its own, see {@link
 * io.vpnenterprise.realtime.web.CloseCode}.
 *
 * <p>Start reading at {@link io.vpnenterprise.realtime.web.Sockets}.
 */
package io.vpnenterprise.realtime.web;
