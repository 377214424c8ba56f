"""Who may control the emulator, and whose things: everybody their own, admins everybody's."""

import ipaddress
from urllib.parse import urlsplit

from kaiga.domain.errors import ControlRefused, RoleTooLow
from kaiga.domain.ids import AccountId
from kaiga.domain.keys import Principal, Role
from kaiga.http.asgi import Call
from kaiga.http.dashscope.queries import read_query
from kaiga.http.identity import PublicAddress, authenticate
from kaiga.service.keys.key_ring import KeyRing

EMULATOR = "/kaiga/v1/emulator"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class ControlGuard:
    """Judges calls to the control routes.

    A page of another origin must not control an emulator that its reader runs, so calls with a
    foreign `Origin`, or to a `Host` that is not this machine's or the server's own, are refused.
    Hosts that are addresses, or names without a dot as containers have them, are let pass too:
    nobody elsewhere can have such a one lead here.
    """

    def __init__(
        self, key_ring: KeyRing, address: PublicAddress, own_hosts: frozenset[str]
    ) -> None:
        self._key_ring = key_ring
        self._address = address
        self._hosts = _LOOPBACK | own_hosts

    async def admit(self, call: Call) -> AccountId:
        """Give whose things the call is about: the caller's, or those that an admin names.

        An admin names another account as `?account=NAME`.

        Raises:
            KeyMissing, KeyInvalid, StoreUnavailable: see `authenticate`.
            ControlRefused: the call comes from a page of another origin, or to a foreign host.
            RoleTooLow: another account is named by a key without the role admin.
        """
        principal = await self._identify(call)
        named = read_query(call).get("account")
        if named is None or named == principal.account:
            return principal.account
        if principal.role is not Role.ADMIN:
            raise RoleTooLow
        return AccountId(named)

    async def admit_to_all(self, call: Call) -> AccountId | None:
        """As `admit`, and None where an admin asks for all accounts, as `?all=true`.

        Raises:
            KeyMissing, KeyInvalid, StoreUnavailable, ControlRefused, RoleTooLow: see `admit`.
        """
        if read_query(call).get("all") != "true":
            return await self.admit(call)
        if (await self._identify(call)).role is not Role.ADMIN:
            raise RoleTooLow
        return None

    async def _identify(self, call: Call) -> Principal:
        self._check_origin(call)
        return await authenticate(call, self._key_ring)

    def _check_origin(self, call: Call) -> None:
        host = _without_port(self._address.read_host(call))
        if host not in self._hosts and not _is_nobodys_to_lead(host):
            raise ControlRefused
        origin = call.header(b"origin")
        if origin and _host_of(origin) not in self._hosts | {host}:
            raise ControlRefused


def _is_nobodys_to_lead(host: str) -> bool:
    if "." not in host and ":" not in host:
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _host_of(origin: str) -> str | None:
    """Give an origin's host; None where it is no origin."""
    try:
        return _without_port(urlsplit(origin).netloc)
    except ValueError:
        return None


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
