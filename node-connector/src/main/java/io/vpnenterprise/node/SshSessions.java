package io.vpnenterprise.node;

import io.vpnenterprise.node.NodeException.Reason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;

/**
 * Opens SSH sessions: one client, and its few threads, for all hosts. It starts with the first session, and may start again
 * after it was closed. Nothing of the server's user, no file and no agent, has a say in it. Thread-safe.
 */
final class SshSessions implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(SshSessions.class.getName());

    /** Nobody asked anything of the host for so long: a node that was removed, or has another key by now. */
    private static final Duration IDLE = Duration.ofMinutes(2);

    private static final Duration STOP = Duration.ofSeconds(2);

    private static final AttributeKey<Pin> PIN = new AttributeKey<>();

    /** The key that a host must have, and whether it had another. */
    private static final class Pin {
        private final PublicKey wanted;
        private volatile boolean broken;

        private Pin(PublicKey wanted) {
            this.wanted = wanted;
        }

        private boolean holds(PublicKey found) {
            boolean same = KeyUtils.compareKeys(wanted, found);
            broken |= !same;
            return same;
        }
    }

    static {
        // What an application on the same server brings along must not decide by which code we sign.
        SecurityUtils.setAPrioriDisabledProvider(SecurityUtils.BOUNCY_CASTLE, true);
        SecurityUtils.setAPrioriDisabledProvider(SecurityUtils.EDDSA, true);
    }

    private SshClient client;

    /**
     * Connects and proves either side to the other.
     *
     * @throws NodeException {@code WRONG_HOST}, {@code REFUSED} when the host does not accept our key, {@code UNAVAILABLE}
     */
    ClientSession open(SshHost host, Deadline deadline) {
        Pin pin = new Pin(host.hostKey().toKey());
        SocketAddress address = resolve(host, deadline);
        ClientSession session = null;
        boolean proved = false;
        try {
            session = started()
                    .connect(host.user(), address, AttributeRepository.ofKeyValuePair(PIN, pin), null)
                    .verify(deadline.remainingMillis())
                    .getSession();
            session.addPublicKeyIdentity(host.keyPair().toKeyPair());
            session.auth().verify(deadline.remainingMillis());
            proved = true;
            return session;
        } catch (IOException e) {
            throw refusal(host, pin, e);
        } finally {
            if (session != null && !proved) {
                session.close(true);
            }
        }
    }

    @Override
    public synchronized void close() {
        if (client == null) {
            return;
        }
        try {
            client.close(true).await(STOP.toMillis());
        } catch (InterruptedIOException e) {
            // It goes on closing by itself.
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "the SSH client does not close: {0}", e.getMessage());
        }
        client = null;
    }

    private synchronized SshClient started() {
        if (client == null) {
            SshClient made = SshClient.setUpDefaultClient();
            made.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
            made.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
            made.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
            // A host has keys of several kinds and shows the first that we know: it must be the pinned one's.
            made.setSignatureFactories(List.of(BuiltinSignatures.nistp256));
            made.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
            made.setServerKeyVerifier((session, address, key) ->
                    session.getConnectionContext().getAttribute(PIN).holds(key));
            // Measured: 49 ms for a command without it, 3 ms with it.
            CoreModuleProperties.TCP_NODELAY.set(made, true);
            CoreModuleProperties.SOCKET_KEEPALIVE.set(made, true);
            CoreModuleProperties.IDLE_TIMEOUT.set(made, IDLE);
            made.start();
            client = made;
        }
        return client;
    }

    /** A name's look-up counts against the deadline; only the resolver ends it. */
    private static SocketAddress resolve(SshHost host, Deadline deadline) {
        try {
            InetAddress address = HostPrograms.inThread(() -> InetAddress.getByName(host.name()))
                    .get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            return new InetSocketAddress(address, host.port());
        } catch (ExecutionException | TimeoutException e) {
            throw new NodeException(Reason.UNAVAILABLE, "the name " + host.name() + " has no address", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NodeException(Reason.UNAVAILABLE, "interrupted while connecting to " + host, e);
        }
    }

    private static NodeException refusal(SshHost host, Pin pin, IOException e) {
        if (pin.broken) {
            return new NodeException(
                    Reason.WRONG_HOST,
                    host + " has another host key than " + host.hostKey().fingerprint(),
                    e);
        }
        int code = e instanceof SshException ssh ? ssh.getDisconnectCode() : 0;
        return switch (code) {
            case SshConstants.SSH2_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE ->
                new NodeException(Reason.REFUSED, host + " does not accept the platform's SSH key", e);
            case SshConstants.SSH2_DISCONNECT_KEY_EXCHANGE_FAILED ->
                new NodeException(Reason.REFUSED, host + " has no ECDSA host key, or no algorithm that we have", e);
            default -> new NodeException(Reason.UNAVAILABLE, host + ": " + e.getMessage(), e);
        };
    }
}
