"""Which addresses inputs may be fetched from: public ones, and those that a setting names.

Judged is always the address that is connected to, never the text of a URL.
"""

import re
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_network,
)

import msgspec

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_PUBLIC_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; the metadata of Alibaba Cloud at 100.100.100.200
        "127.0.0.0/8",
        "168.63.129.16/32",  # the metadata of Azure, in the midst of public addresses
        "169.254.0.0/16",  # link-local; the metadata of most clouds at 169.254.169.254
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
"""Source: IANA's registry of special-purpose IPv4 addresses (RFC 6890), without what is global
there, with multicast (RFC 5771); remarks name what else lies in a network or was added."""

_GLOBAL_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""What of the global unicast space leads elsewhere: protocols and Teredo, examples, 6to4.

Source: IANA's registry of special-purpose IPv6 addresses."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""Its last 32 bits are an IPv4 address that a gateway connects to (RFC 6052)."""


def unwrap_address(address: Address) -> Address:
    """Give the IPv4 address that an IPv6 one stands for (mapped, NAT64), or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else address


def is_public(address: Address) -> bool:
    """Tell whether an address is one of the open internet's.

    Our own lists rather than those of `ipaddress`, which differ between versions of Python.
    """
    address = unwrap_address(address)
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


class AllowedPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A place that may be fetched from though it is not public.

    Either `network` or `host` is set; `host` is a name in lower case. `port` None allows every
    port.
    """

    network: Network | None = None
    host: str | None = None
    port: int | None = None


_PLACE = re.compile(
    r"(?P<name>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?", re.ASCII
)
_HIGHEST_PORT = 65535


def read_allowed_place(text: str) -> AllowedPlace:
    """Read a host, an address or a network; the first two may name a port, as in `minio:9000`.

    Raises:
        ValueError: it is none of these.
    """
    network = _find_network(text)
    if network is not None:
        return AllowedPlace(network=network)
    written = _PLACE.fullmatch(text)
    port = int(written["port"]) if written and written["port"] else None
    if written is None or (port is not None and not 0 < port <= _HIGHEST_PORT):
        raise ValueError(f"{text} is no host, address or network")
    name = written["name"].strip("[]")
    network = _find_network(name)
    if network is not None:
        return AllowedPlace(network=network, port=port)
    return AllowedPlace(host=_plain_host(name), port=port)


def is_allowed(places: Sequence[AllowedPlace], host: str, port: int, address: Address) -> bool:
    """Tell whether one of `places` names this host, or a network of this address, and the port."""
    plain, bare = _plain_host(host), unwrap_address(address)
    return any(
        place.port in {None, port}
        and (place.host == plain if place.network is None else _holds(place.network, bare, address))
        for place in places
    )


def _holds(network: Network, bare: Address, address: Address) -> bool:
    return bare in network or address in network


def _find_network(text: str) -> Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None


def _plain_host(host: str) -> str:
    return host.lower().removesuffix(".")
