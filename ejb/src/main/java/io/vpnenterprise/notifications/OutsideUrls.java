package io.vpnenterprise.notifications;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which URLs of members we call: not those that lead back into the operator's own network. A name is looked up here, and
 * whoever calls connects to the very addresses that were looked at.
 */
@ApplicationScoped
class OutsideUrls {

    private static final int MAX_LENGTH = 2_000;

    @Inject
    NotificationsConfig config;

    /** The URL, if it has a form that we call. */
    Optional<URI> read(String text) {
        if (text == null || text.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        try {
            URI url = new URI(text);
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            boolean known = scheme.equals("https") || scheme.equals("http") && config.anyNetwork();
            boolean plain = url.getHost() != null && url.getRawUserInfo() == null && url.getRawFragment() == null;
            boolean ascii = text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
            return known && plain && ascii && url.getPort() != 0 && url.getPort() <= 65_535
                    ? Optional.of(url)
                    : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    /**
     * The addresses of a host that we may connect to.
     *
     * @throws UnknownHostException when it has none, or one that we may not: a name with both is up to something
     */
    List<InetAddress> addresses(String host) throws UnknownHostException {
        List<InetAddress> addresses = lookedUp(unbracketed(host));
        if (addresses.isEmpty() || !config.anyNetwork() && !addresses.stream().allMatch(PublicAddress::is)) {
            // One sentence for both, which owners read: it tells nothing of names inside.
            throw new UnknownHostException("no such name, or not an address of the internet");
        }
        return addresses;
    }

    private static List<InetAddress> lookedUp(String host) {
        try {
            return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /** A literal IPv6 address stands in brackets in a URL. */
    static String unbracketed(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
