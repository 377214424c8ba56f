"""Who may control the emulator, and whose things: everybody their own, admins everybody's."""

from urllib.parse import urlsplit

from kaiga.domain.errors import ControlRefused, RoleTooLow
from kaiga.domain.ids import AccountId
from kaiga.domain.keys import Role
from kaiga.http.asgi import Call
from kaiga.http.dashscope.queries import read_query
from kaiga.http.identity import PublicAddress, authenticate
from kaiga.service.key_ring import KeyRing

EMULATOR = "/kaiga/v1/emulator"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})


class ControlGuard:
    """Judges calls to the control routes.

    A page of another origin must not control an emulator that its reader runs, so calls with a
    foreign `Origin`, or to a `Host` that is not this machine's or the server's own, are refused.
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
        self._check_origin(call)
        principal = await authenticate(call, self._key_ring)
        named = read_query(call).get("account")
        if named is None or named == principal.account:
            return principal.account
        if principal.role is not Role.ADMIN:
            raise RoleTooLow
        return AccountId(named)

    def _check_origin(self, call: Call) -> None:
        hosts = [self._address.read_host(call)]
        origin = call.header(b"origin")
        if origin:
            hosts.append(urlsplit(origin).netloc)
        if any(_without_port(host) not in self._hosts for host in hosts):
            raise ControlRefused


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
