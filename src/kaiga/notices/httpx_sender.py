"""Posts notices through httpx, bounded in place, time and bytes."""

import asyncio
import contextlib
import ssl
from collections.abc import Mapping, Sequence

import httpx

from kaiga import __version__
from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.domain.webhooks import Reply
from kaiga.outgoing.asking import Unanswered, ask
from kaiga.outgoing.checked_transport import CONNECT_SECONDS, CheckedTransport
from kaiga.outgoing.resolving import Resolver, SystemResolver

_MOST_KEPT_BYTES = 1024
_REST_SECONDS = 2.0
"""How long the beginning of an answer is awaited once its status is there, which is what counts."""
_HEADERS = {
    "user-agent": f"Kaiga/{__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",
    "connection": "close",
}


class HttpxSender:
    """Implements `NoticeSender`; reads no proxy, cookie or password from anywhere.

    `allowed` names places that are not public and may be told all the same. `tls` is for
    receivers with certificates of their own; the default trusts what httpx does.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[AllowedPlace] = (),
        timeout_seconds: float = 15.0,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        self._timeout_seconds = timeout_seconds
        self._resolver = resolver or SystemResolver()
        self._tls = tls or httpx.create_ssl_context()

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See the port."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._post(url, headers, body)
        except Unanswered as unanswered:
            return Reply(trouble=str(unanswered))
        except TimeoutError:
            return Reply(trouble=f"there was no answer within {self._timeout_seconds:g} s")
        except (httpx.InvalidURL, ValueError):  # a host is decoded only now, and may be no name
            return Reply(trouble="it is no URL that can be asked")

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        transport = CheckedTransport(resolver=self._resolver, allowed=self._allowed, tls=self._tls)
        timeout = httpx.Timeout(None, connect=CONNECT_SECONDS).as_dict()
        request = httpx.Request(
            "POST",
            url,
            headers={**_HEADERS, **headers},
            content=body,
            extensions={"timeout": timeout},
        )
        async with transport:
            response = await ask(transport, request)
            try:
                return Reply(status=response.status_code, answer=await _read_beginning(response))
            finally:
                await response.aclose()


async def _read_beginning(response: httpx.Response) -> str:
    """Read what is kept of an answer; one that breaks off or stalls has been one all the same."""
    kept = b""
    with contextlib.suppress(httpx.TransportError, TimeoutError):
        async with asyncio.timeout(_REST_SECONDS):
            async for chunk in response.aiter_raw():
                kept += chunk
                if len(kept) >= _MOST_KEPT_BYTES:
                    break
    return kept[:_MOST_KEPT_BYTES].decode("utf-8", "replace")
