"""`GET /metrics`: counted where things happen, put into words only when asked."""

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from kaiga.http.asgi import Answer, Call
from kaiga.http.identity import authenticate_admin, is_within
from kaiga.http.operations.routing import Route
from kaiga.service.keys.key_ring import KeyRing

_CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsRoutes:
    """The metrics, for this machine and for keys with the role admin.

    `scrape` gives everything that is measured in Prometheus' text format.
    """

    key_ring: KeyRing
    scrape: Callable[[], Awaitable[bytes]]

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", "/metrics", self._metrics),)

    async def _metrics(self, call: Call) -> Answer:
        if not _is_local(call):
            await authenticate_admin(call, self.key_ring)
        body = await self.scrape()
        return Answer(body=body, headers=((b"content-type", _CONTENT_TYPE),))


def _is_local(call: Call) -> bool:
    """Tell whether a call comes from this very machine, and not through a proxy on it."""
    return is_within(call, _LOOPBACK) and b"x-forwarded-for" not in call.headers
