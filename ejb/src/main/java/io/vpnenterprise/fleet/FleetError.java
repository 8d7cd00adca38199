package io.vpnenterprise.fleet;

import io.vpnenterprise.platform.ErrorCode;
import io.vpnenterprise.platform.ErrorKind;

/** What can go wrong with nodes and servers. */
public enum FleetError implements ErrorCode {
    INVALID_SERVER_NAME(
            ErrorKind.INVALID, "A server's name has 3 to 50 letters, digits, spaces, dots, hyphens or underscores"),
    INVALID_NODE_NAME(
            ErrorKind.INVALID, "A node's name has 3 to 50 letters, digits, spaces, dots, hyphens or underscores"),
    INVALID_PORT(ErrorKind.INVALID, "A server's port is a whole number from 1024 to 65535"),
    INVALID_CAPACITY(ErrorKind.INVALID, "A server's capacity is a whole number from 1 to 65000"),
    INVALID_WEIGHT(ErrorKind.INVALID, "A server's weight is a whole number from 1 to 1000"),
    INVALID_STATE(ErrorKind.INVALID, "A server's state is set to active or maintenance"),
    INVALID_ENDPOINT(ErrorKind.INVALID, "An endpoint is a host name or an IP address"),
    INVALID_TRANSPORT(ErrorKind.INVALID, "A node's transport is uapi, wg, ssh or simulated"),
    INVALID_NAMESPACE(ErrorKind.INVALID, "This is not the name of a network namespace"),
    INVALID_SSH_HOST(ErrorKind.INVALID, "An SSH host is a host name or an IP address, without a port"),
    INVALID_SSH_PORT(ErrorKind.INVALID, "An SSH port is a whole number from 1 to 65535"),
    INVALID_SSH_USER(ErrorKind.INVALID, "This is not the name of a user of a Linux system"),
    INVALID_HOST_KEY(
            ErrorKind.INVALID,
            "A host key is the line of the host's /etc/ssh/ssh_host_ecdsa_key.pub: ecdsa-sha2-nistp256 AAAA"),
    NOT_BY_SSH(ErrorKind.INVALID, "Only a node of transport ssh has an SSH host, port, user and keys"),
    INVALID_INTERFACE(
            ErrorKind.INVALID,
            "An interface's name is a letter, then letters, digits, dots, hyphens or underscores, 15 at most"),
    UNKNOWN_REGION(ErrorKind.INVALID, "There is no such region"),
    NODE_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such node"),
    SERVER_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such server"),
    INTERFACE_NOT_FOUND(ErrorKind.NOT_FOUND, "The node has no WireGuard interface of this name"),
    IMPORT_NOT_FOUND(ErrorKind.NOT_FOUND, "There is no such import"),
    NODE_NAME_TAKEN(ErrorKind.CONFLICT, "There is a node with this name"),
    NODE_NOT_ADMITTED(
            ErrorKind.CONFLICT, "The node is enrolling: authorise the platform's key on its host, then check the node"),
    NODE_IN_USE(ErrorKind.CONFLICT, "The node still runs servers"),
    NODE_ANSWERS(ErrorKind.CONFLICT, "The node answered lately: delete its servers, then the node"),
    NO_NODE(ErrorKind.CONFLICT, "There is no node to run a server on; register one first"),
    SERVER_NAME_TAKEN(ErrorKind.CONFLICT, "There is a server with this name"),
    PORT_TAKEN(ErrorKind.CONFLICT, "The node has a server on this port"),
    INTERFACE_TAKEN(ErrorKind.CONFLICT, "The node has a server on this interface"),
    NETWORK_IN_USE(
            ErrorKind.CONFLICT, "A server of this node has addresses in a network of the interface or its peers"),
    NO_FREE_POOL(ErrorKind.CONFLICT, "The configured address space has no free block of this size"),
    SERVER_FULL(ErrorKind.CONFLICT, "The server is full"),
    SERVER_CLOSED(ErrorKind.CONFLICT, "The server takes no connections now"),
    SERVER_DRAINING(ErrorKind.CONFLICT, "The server is being drained; end that first"),
    CAPACITY_IN_USE(ErrorKind.CONFLICT, "The server has more peers than this"),
    CAPACITY_BEYOND_POOL(ErrorKind.CONFLICT, "The server's address pool has no room for so many"),
    /** Brought back by the next reconciliation. */
    NO_INTERFACE(ErrorKind.UNAVAILABLE, "The node has lost this server's interface"),
    NODE_REFUSED(ErrorKind.CONFLICT, "The node could not do this"),
    WRONG_HOST_KEY(
            ErrorKind.CONFLICT, "The host has another SSH key than the one it was registered with; nothing was sent"),
    NODE_UNREACHABLE(ErrorKind.UNAVAILABLE, "The node does not answer"),
    NODE_BUSY(ErrorKind.UNAVAILABLE, "Too much is under way on the node; try again shortly");

    private final ErrorKind kind;
    private final String sentence;

    FleetError(ErrorKind kind, String sentence) {
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
