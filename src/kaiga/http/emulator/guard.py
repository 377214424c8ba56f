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
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
"""As hosts are written in requests, without a port."""


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
        self._hosts = LOOPBACK | own_hosts

    async def admit(self, call: Call) -> AccountId:
        """Give whose things the call is about: the caller's, or those that an admin names.

        An admin names another account as `?account=NAME`.

        Raises:
            KeyMissing, KeyInvalid, StoreUnavailable: see `authenticate`.
            ControlRefused: the call comes from a page of another origin, or to a foreign host.
            RoleTooLow: another account is named by a key without the role admin.
        """
        ensure_own_page(call, self._address.read_host(call), self._hosts)
        principal = await authenticate(call, self._key_ring)
        named = read_query(call).get("account")
        if named is None or named == principal.account:
            return principal.account
        if principal.role is not Role.ADMIN:
            raise RoleTooLow
        return AccountId(named)


def ensure_own_page(call: Call, host: str, own_hosts: frozenset[str] = LOOPBACK) -> None:
    """See that a call was made to `own_hosts`, and by no page of another origin.

    Raises:
        ControlRefused: it was not.
    """
    origin = call.header(b"origin")
    hosts = [host, urlsplit(origin).netloc] if origin else [host]
    if any(_without_port(each) not in own_hosts for each in hosts):
        raise ControlRefused


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
