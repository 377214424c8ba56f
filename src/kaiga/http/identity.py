"""Who calls, and under which address they see this service."""

import ipaddress
import re
from collections.abc import Sequence

from kaiga.domain.errors import KeyInvalid, KeyMissing, RoleTooLow
from kaiga.domain.keys import Principal, Role
from kaiga.http.asgi import Call
from kaiga.service.keys.key_ring import KeyRing

_SCHEME = "bearer "
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


async def authenticate(call: Call, key_ring: KeyRing) -> Principal:
    """Give who calls; judged from the headers alone, before any body is read.

    Raises:
        KeyMissing: no Authorization header, or nothing in it.
        KeyInvalid: not a key that is good here.
        StoreUnavailable: the store did not answer.
    """
    key = read_key(call)
    return key_ring.find_known(key) or await key_ring.authenticate(key)


def read_key(call: Call) -> str:
    """Give the key that a call shows.

    Raises:
        KeyMissing: no Authorization header, or nothing in it.
        KeyInvalid: another scheme than Bearer.
    """
    shown = call.header(b"authorization").strip()
    if not shown:
        raise KeyMissing
    if shown[: len(_SCHEME)].lower() != _SCHEME:
        raise KeyMissing if shown.lower() == _SCHEME.strip() else KeyInvalid
    key = shown[len(_SCHEME) :].strip()
    if not key:
        raise KeyMissing
    return key


async def authenticate_admin(call: Call, key_ring: KeyRing) -> Principal:
    """Give who calls, if they may administer.

    Raises:
        RoleTooLow: the key is good, and its role is not admin.
        KeyMissing, KeyInvalid, StoreUnavailable: see `authenticate`.
    """
    principal = await authenticate(call, key_ring)
    if principal.role is not Role.ADMIN:
        raise RoleTooLow
    return principal


class PublicAddress:
    """What links and upload forms begin with: a setting, or the address that the caller used."""

    def __init__(self, public_url: str | None, trusted_proxies: Sequence[Network]) -> None:
        self._public_url = public_url.rstrip("/") if public_url else None
        self._trusted_proxies = tuple(trusted_proxies)

    def base_url(self, call: Call) -> str:
        """Give scheme and host, without a slash at the end."""
        if self._public_url:
            return self._public_url
        scheme, host = call.connection.scheme, self.read_host(call)
        if self._is_from_trusted_proxy(call):
            scheme = _first(call.header(b"x-forwarded-proto")).lower() or scheme
        if scheme not in {"http", "https"} or not _HOST.fullmatch(host):
            return _own_address(call)
        return f"{scheme}://{host}"

    def read_host(self, call: Call) -> str:
        """Give the host that the caller used, as it stands in the request; it may be nonsense."""
        host = call.header(b"host")
        if self._is_from_trusted_proxy(call):
            return _first(call.header(b"x-forwarded-host")) or host
        return host

    def _is_from_trusted_proxy(self, call: Call) -> bool:
        return bool(self._trusted_proxies) and is_within(call, self._trusted_proxies)


def is_within(call: Call, networks: Sequence[Network]) -> bool:
    """Tell whether the other end of the connection is in one of `networks`."""
    client = call.connection.client
    if not client:
        return False
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return False
    return any(address in network for network in networks)


def _first(listed: str) -> str:
    return listed.partition(",")[0].strip()


def _own_address(call: Call) -> str:
    host, port = call.connection.server or ("127.0.0.1", None)
    shown = f"[{host}]" if ":" in host else host
    return f"{call.connection.scheme}://{shown}" + (f":{port}" if port else "")
