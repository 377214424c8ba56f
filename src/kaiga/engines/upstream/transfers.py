"""Files to and from the places that the upstream names, over checked connections."""

import asyncio
import ssl
from collections.abc import Sequence

import httpx

from kaiga import __version__
from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.outgoing.asking import Unanswered, ask
from kaiga.outgoing.checked_transport import CONNECT_SECONDS, CheckedTransport
from kaiga.outgoing.resolving import Resolver

_LARGEST_RESULT_BYTES = 512 * 1024 * 1024
_LONGEST_TRANSFER_SECONDS = 600.0
_MOST_AT_ONCE = 4
"""Whole files are in memory meanwhile."""
_HEADERS = {
    "user-agent": f"Kaiga/{__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",
    "connection": "close",
}
_OK = 200


class TransferFailed(Exception):
    """A file did not come or go; the message is a clause without a full stop."""


class Transfers:
    """Reaches public addresses, and those that `allowed` names; no key is ever sent along."""

    def __init__(self, resolver: Resolver, allowed: Sequence[AllowedPlace]) -> None:
        self._resolver = resolver
        self._allowed = tuple(allowed)
        self._tls: ssl.SSLContext = httpx.create_ssl_context()
        self._room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def download(self, url: str) -> bytes:
        """Give a whole file.

        Raises:
            TransferFailed: it can't be had now.
        """
        try:
            request = httpx.Request("GET", url, headers=_HEADERS)
        except (httpx.InvalidURL, ValueError):
            raise TransferFailed("its address is no URL") from None
        return await self._exchange(request)

    async def post(self, request: httpx.Request) -> None:
        """Send a form whose answer says nothing but its status.

        Raises:
            TransferFailed: it was not taken.
        """
        request.headers.update(_HEADERS)
        await self._exchange(request)

    async def _exchange(self, request: httpx.Request) -> bytes:
        if request.url.scheme not in {"http", "https"} or not request.url.host:
            raise TransferFailed("its address is no URL")
        request.extensions = {"timeout": httpx.Timeout(60.0, connect=CONNECT_SECONDS).as_dict()}
        try:
            async with self._room, asyncio.timeout(_LONGEST_TRANSFER_SECONDS):
                return await self._send(request)
        except Unanswered as unanswered:
            raise TransferFailed(str(unanswered)) from None
        except httpx.TransportError:
            raise TransferFailed("the transfer was cut short") from None
        except TimeoutError:
            raise TransferFailed(f"it took over {_LONGEST_TRANSFER_SECONDS:g} s") from None

    async def _send(self, request: httpx.Request) -> bytes:
        transport = CheckedTransport(resolver=self._resolver, allowed=self._allowed, tls=self._tls)
        async with transport:
            response = await ask(transport, request)
            try:
                if response.status_code != _OK:
                    raise TransferFailed(f"the host answered with status {response.status_code}")
                return await _read(response)
            finally:
                await response.aclose()


async def _read(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > _LARGEST_RESULT_BYTES:
            raise TransferFailed(f"it has more than {_LARGEST_RESULT_BYTES} bytes")
    return bytes(content)
