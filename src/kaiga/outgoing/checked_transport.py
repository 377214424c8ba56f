"""An HTTP transport that connects to the very address it has checked.

Between the check and the connection no name is resolved again, so that a name server which gives
another address the second time can't lead it elsewhere.
"""

import ssl
from collections.abc import Sequence

import httpx

from kaiga.domain.fetch_rules import Address, AllowedPlace, is_allowed, is_public
from kaiga.outgoing.resolving import Resolver

CONNECT_SECONDS = 5.0
"""For one address of a host; the next one is tried after it."""
_MOST_ADDRESSES = 4
_PORTS = {"http": 80, "https": 443}


class AddressRefused(Exception):
    """None of a host's addresses may be connected to."""


class NameUnknown(Exception):
    """A host has no address."""


class CheckedTransport(httpx.AsyncHTTPTransport):
    """Uses no proxy, keeps no connection, and speaks to one address at a time."""

    def __init__(
        self, *, resolver: Resolver, allowed: Sequence[AllowedPlace], tls: ssl.SSLContext
    ) -> None:
        super().__init__(
            verify=tls, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._resolver = resolver
        self._allowed = allowed

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request to the first allowed address that takes a connection.

        Raises:
            NameUnknown: the host has no address.
            AddressRefused: it has none that is public or named by the setting.
            httpx.TransportError: no address took the connection, or it broke. Only a connection
                that was not made is tried at the next address, so nothing is sent twice.
        """
        host = request.url.raw_host.decode("ascii")
        port = request.url.port or _PORTS[request.url.scheme]
        addresses = await self._find_addresses(host, port)
        for address in addresses[:-1]:
            try:
                return await super().handle_async_request(_pinned(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await super().handle_async_request(_pinned(request, host, addresses[-1]))

    async def _find_addresses(self, host: str, port: int) -> Sequence[Address]:
        try:
            found = await self._resolver.resolve(host, port)
        except OSError as error:
            raise NameUnknown from error
        if not found:
            raise NameUnknown
        reachable = [
            address
            for address in found
            if is_public(address) or is_allowed(self._allowed, host, port, address)
        ]
        if not reachable:
            raise AddressRefused
        return reachable[:_MOST_ADDRESSES]


def _pinned(request: httpx.Request, host: str, address: Address) -> httpx.Request:
    """Name the address in place of the host; the header `Host` and TLS keep the name."""
    return httpx.Request(
        request.method,
        request.url.copy_with(host=str(address)),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host.removesuffix(".")},
    )
