package io.vpnenterprise.access.client;

import io.vpnenterprise.access.AccessError;
import io.vpnenterprise.access.Connections;
import io.vpnenterprise.platform.Caller;
import io.vpnenterprise.platform.Origin;
import io.vpnenterprise.platform.Secrets;
import io.vpnenterprise.platform.VpnException;
import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Links by which a configuration gets to a machine where nobody is signed in: once, and for minutes. The file is made with
 * the link, and sealed under the link's token, which we do not keep.
 */
@Stateless
@TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
public class DownloadLinks {

    private static final Logger LOG = Logger.getLogger(DownloadLinks.class.getName());

    @Inject
    Connections connections;

    @Inject
    ClientFiles files;

    @Inject
    DownloadLinkRows rows;

    @Inject
    Secrets secrets;

    @Inject
    ClientsConfig config;

    /**
     * @param life from a minute up to what the operator allows
     * @param ticket opens the private key of a pair that we made, which then is in the file
     */
    public DownloadLink.Made make(
            Caller caller, UUID connectionId, ClientWish wish, Duration life, Optional<String> ticket) {
        if (life.compareTo(Duration.ofMinutes(1)) < 0 || life.compareTo(config.linkLifeMost()) > 0) {
            throw VpnException.ofField(
                    ClientError.INVALID_LINK_LIFE,
                    "expiresInMinutes",
                    "1 to " + config.linkLifeMost().toMinutes());
        }
        ClientFile file = files.file(caller, connectionId, wish, ticket);
        UUID id = UUID.randomUUID();
        String token = secrets.randomToken();
        DownloadLink link = rows.add(
                caller,
                new DownloadLinkRows.NewLink(
                        id, connectionId, wish.format(), file.name(), file.mediaType(), ticket.isPresent(), life),
                Secrets.hash(token),
                secrets.sealWithTicket(file.content(), token, purpose(id)));
        LOG.log(Level.INFO, "user {0} made link {1} to connection {2}", new Object[] {caller.userId(), id, connectionId
        });
        return new DownloadLink.Made(link, token);
    }

    /** The links to a connection of the caller, the newest first. */
    public List<DownloadLink> list(Caller caller, UUID connectionId) {
        List<DownloadLink> links = rows.list(caller, connectionId);
        if (links.isEmpty()
                && connections.live(caller).stream().noneMatch(live -> live.id().equals(connectionId))) {
            throw new VpnException(AccessError.CONNECTION_NOT_FOUND, String.valueOf(connectionId));
        }
        return links;
    }

    /** Nobody fetches it any more. */
    public void revoke(Caller caller, UUID connectionId, UUID linkId) {
        rows.revoke(caller, connectionId, linkId);
    }

    /**
     * What a link would give, without using it up: programs that look at a link before people do must not take it from them.
     *
     * @throws VpnException {@code LINK_NOT_FOUND}, {@code LINK_GONE}
     */
    public DownloadLink look(String token) {
        return rows.look(Secrets.hash(token));
    }

    /**
     * Gives the file, to the first who asks.
     *
     * @throws VpnException {@code LINK_NOT_FOUND}, {@code LINK_GONE}
     */
    public ClientFile use(String token, Origin origin) {
        DownloadLinkRows.Taken taken = rows.use(Secrets.hash(token), origin);
        LOG.log(Level.INFO, "link {0} was used", taken.id());
        return new ClientFile(
                taken.fileName(),
                taken.mediaType(),
                secrets.openWithTicket(taken.sealed(), token, purpose(taken.id())));
    }

    private static String purpose(UUID id) {
        return "client_links.sealed/" + id;
    }
}
