package io.vpnenterprise.access.client;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with what clients get. */
public enum ClientError implements ErrorCode {
    INVALID_FORMAT(ErrorKind.INVALID, "There is no such format"),
    OPENVPN_NOT_OFFERED(
            ErrorKind.INVALID,
            "OpenVPN is not offered: the servers speak WireGuard alone, and a profile for it could not connect"),
    INVALID_PLATFORM(ErrorKind.INVALID, "There is no such platform"),
    INVALID_DNS_LEVEL(ErrorKind.INVALID, "There is no such DNS level"),
    INVALID_MTU(ErrorKind.INVALID, "An MTU of a tunnel is 1280, IPv6's least, to 1500 bytes"),
    INVALID_INTERFACE_NAME(
            ErrorKind.INVALID, "An interface's name has 1 to 15 letters, digits, or characters of _=+.-"),
    QR_TOO_LARGE(ErrorKind.INVALID, "The configuration is too large for a QR code that phones' cameras read"),
    TOO_MANY_NETWORKS(
            ErrorKind.INVALID, "The split tunnel's rules come to more networks than a client can be given routes for"),
    SPLIT_TUNNEL_RULE_NOT_FOUND(ErrorKind.NOT_FOUND, "You have no such split tunnel rule"),
    SPLIT_TUNNEL_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "You have as many split tunnel rules as you may have"),
    SPLIT_TUNNEL_TYPE_NOT_OFFERED(
            ErrorKind.INVALID,
            "Only addresses and networks can be split: a WireGuard client routes by address, and knows neither"
                    + " applications nor names"),
    INVALID_SPLIT_TUNNEL_ACTION(ErrorKind.INVALID, "A split tunnel rule's action is include or exclude"),
    INVALID_SPLIT_TUNNEL_NETWORK(
            ErrorKind.INVALID, "A split tunnel rule is for an IPv4 or IPv6 address, or a network such as 192.0.2.0/24"),
    INVALID_DESCRIPTION(ErrorKind.INVALID, "A description has up to 200 printable characters"),
    INVALID_PRIORITY(ErrorKind.INVALID, "A priority is 0 to 1000"),
    ENDPOINT_UNKNOWN(
            ErrorKind.UNAVAILABLE,
            "The server's name has no address now, and a kill switch must let packets to its address alone pass"),
    INVALID_KILL_SWITCH_EVENT(ErrorKind.INVALID, "A kill switch is activated, deactivated or triggered"),
    TOO_MANY_KILL_SWITCH_EVENTS(ErrorKind.RATE_LIMITED, "More events than a kill switch can honestly have in an hour"),
    INVALID_LINK_LIFE(ErrorKind.INVALID, "A link's life is outside what the operator allows"),
    LINK_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "The connection has as many open links as it may have"),
    LINK_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such link"),
    LINK_GONE(ErrorKind.GONE, "The link was used, revoked, or has expired; or its connection has ended");

    private final ErrorKind kind;
    private final String sentence;

    ClientError(ErrorKind kind, String sentence) {
        this.kind = kind;
        this.sentence = sentence;
    }

    @Override
    public ErrorKind kind() {
        return kind;
    }

    @Override
    public String sentence() {
        return sentence;
    }
}
