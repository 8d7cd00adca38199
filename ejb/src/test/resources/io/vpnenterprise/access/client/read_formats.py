"""Reads *.mobileconfig by Python's plistlib and *.nmconnection by NetworkManager's own library; prints what it understood:
a line for each value, of file, name and value, the value in base64."""
import base64
import pathlib
import plistlib
import sys

import gi

gi.require_version("NM", "1.0")
from gi.repository import GLib, NM


def told(file, name, value):
    print(file.name, name, base64.b64encode(str(value).encode()).decode(), sep="\t")


def warned(key_file, kind, data, *more):
    raise SystemExit(f"{current}: {data.get_message() if hasattr(data, 'get_message') else kind}")


def read_profile(file):
    profile = plistlib.loads(file.read_bytes())
    (vpn,) = profile["PayloadContent"]
    told(file, "type", profile["PayloadType"] + " " + vpn["PayloadType"] + " " + vpn["VPNType"])
    told(file, "uuids", profile["PayloadUUID"] + " " + vpn["PayloadUUID"])
    told(file, "name", profile["PayloadDisplayName"])
    told(file, "device", vpn["PayloadDisplayName"])
    told(file, "app", vpn["VPNSubType"])
    told(file, "conf", vpn["VendorConfig"]["WgQuickConfig"])
    told(file, "remote", vpn["VPN"]["RemoteAddress"])
    told(file, "all", vpn["VPN"].get("IncludeAllNetworks", False))
    told(file, "on-demand", vpn["VPN"].get("OnDemandEnabled", 0))


def read_connection(file):
    key_file = GLib.KeyFile()
    key_file.load_from_bytes(GLib.Bytes.new(file.read_bytes()), GLib.KeyFileFlags.NONE)
    connection = NM.keyfile_read(key_file, "/", NM.KeyfileHandlerFlags.NONE, warned, None)
    connection.verify()
    told(file, "name", connection.get_id())
    wireguard = connection.get_setting_by_name("wireguard")
    told(file, "private-key", wireguard.get_private_key())
    told(file, "mtu", wireguard.get_mtu())
    assert wireguard.get_peers_len() == 1
    peer = wireguard.get_peer(0)
    told(file, "public-key", peer.get_public_key())
    told(file, "preshared-key", peer.get_preshared_key() or [])
    told(file, "endpoint", peer.get_endpoint())
    told(file, "keepalive", peer.get_persistent_keepalive())
    told(file, "allowed-ips", " ".join(peer.get_allowed_ip(i)[0] if isinstance(peer.get_allowed_ip(i), tuple)
                                       else peer.get_allowed_ip(i) for i in range(peer.get_allowed_ips_len())))
    addresses, dns = [], []
    for family in (connection.get_setting_ip4_config(), connection.get_setting_ip6_config()):
        for i in range(family.get_num_addresses()):
            address = family.get_address(i)
            addresses.append(f"{address.get_address()}/{address.get_prefix()}")
        dns += [family.get_dns(i) for i in range(family.get_num_dns())]
    told(file, "addresses", " ".join(addresses))
    told(file, "dns", " ".join(dns))


for current in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    if current.suffix == ".mobileconfig":
        read_profile(current)
    elif current.suffix == ".nmconnection":
        read_connection(current)
