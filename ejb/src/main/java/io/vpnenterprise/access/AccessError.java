package io.vpnenterprise.access;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with devices and connections. */
public enum AccessError implements ErrorCode {
    INVALID_DEVICE_NAME(ErrorKind.INVALID, "A device's name has 1 to 50 printable characters"),
    INVALID_PUBLIC_KEY(ErrorKind.INVALID, "A WireGuard public key is 32 bytes in base64: 44 characters"),
    DEVICE_NAME_TAKEN(ErrorKind.CONFLICT, "You have a device with this name"),
    PUBLIC_KEY_TAKEN(ErrorKind.CONFLICT, "There is a device with this public key"),
    DEVICE_LIMIT_REACHED(ErrorKind.QUOTA_EXCEEDED, "You have as many devices as you may have"),
    CONNECTION_LIMIT_REACHED(
            ErrorKind.QUOTA_EXCEEDED,
            "You have as many connections as you may have; disconnect one, or move its device"),
    ACCESS_ENDED(ErrorKind.QUOTA_EXCEEDED, "Your access has ended"),
    INVALID_TTL(ErrorKind.INVALID, "A connection lasts for 1 second to 366 days"),
    ROTATION_UNDER_WAY(ErrorKind.CONFLICT, "The connection is being changed already; try again shortly"),
    DEVICE_NOT_FOUND(ErrorKind.NOT_FOUND, "You have no such device"),
    CONNECTION_NOT_FOUND(ErrorKind.NOT_FOUND, "You have no such connection"),
    DRAIN_NOT_FOUND(ErrorKind.NOT_FOUND, "The server is not being drained"),
    INVALID_DEADLINE(ErrorKind.INVALID, "A deadline is 1 to 604800 seconds away"),
    TICKET_INVALID(ErrorKind.NOT_FOUND, "The ticket for the private key is unknown or has expired"),
    NO_SERVER_AVAILABLE(ErrorKind.UNAVAILABLE, "No server can take a connection now"),
    ENDED_MEANWHILE(ErrorKind.CONFLICT, "The connection was ended while it was being made"),
    PEER_REFUSED(ErrorKind.CONFLICT, "The server's host refused the device"),
    INVALID_FOREIGN_PEERS(
            ErrorKind.INVALID,
            "What to do with foreign peers is {\"action\": \"remove\", \"expected\": how many there are}"),
    FOREIGN_PEERS_CHANGED(ErrorKind.CONFLICT, "The host has not as many foreign peers as expected; none is removed"),
    INVALID_IMPORTED_DEVICE(
            ErrorKind.INVALID, "A device of an import has the key of one of the interface's peers, once"),
    NO_SUCH_OWNER(ErrorKind.INVALID, "There is no such user who could have devices"),
    DEVICE_CONNECTED(
            ErrorKind.CONFLICT, "Peers have the keys of devices that are connected elsewhere; nothing is imported"),
    NOT_CONFIRMED(ErrorKind.UNAVAILABLE, "The server's host did not confirm in time");

    private final ErrorKind kind;
    private final String sentence;

    AccessError(ErrorKind kind, String sentence) {
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
