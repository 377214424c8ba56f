"""The server whose answers are recorded."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from kaiga.domain.errors import (
    UpstreamTimedOut,
    UpstreamUnanswered,
    UpstreamUnreachable,
    UpstreamUntrusted,
)
from kaiga.domain.places import find_place
from kaiga.outgoing.asking import is_refused_by_tls

_API_PATH = "/api/v1"
_CONNECT_SECONDS = 10.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

Headers = Sequence[tuple[str, str]]


class Upstream:
    """Asks one server, and whatever its links name; an asynchronous context.

    `url` is the server's with or without `/api/v1`. Redirects are answers like others.
    """

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self.root_url = url.rstrip("/").removesuffix(_API_PATH)
        self._timeout_seconds = timeout_seconds
        host = urlsplit(self.root_url).hostname or ""
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout_seconds, connect=_CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=host not in _LOOPBACK,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    @property
    def shown_host(self) -> str:
        """The host as files may name it: without a workspace."""
        host = urlsplit(self.root_url).netloc.rpartition("@")[2]
        if find_place(host, "").workspace is None:
            return host
        return f"workspace.{host.partition('.')[2]}"

    @asynccontextmanager
    async def ask(
        self, method: str, url: str, headers: Headers, content: bytes
    ) -> AsyncGenerator[httpx.Response]:
        """Send a request and give the head of its answer; the body is still to be read.

        Raises:
            UpstreamUnanswered: no answer came.
        """
        request = httpx.Request(
            method,
            url,
            headers=list(headers),
            content=content or None,
            extensions={"timeout": self._client.timeout.as_dict()},
        )
        try:
            response = await self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._explain(error) from error
        try:
            yield response
        finally:
            await response.aclose()

    async def read_parts(self, response: httpx.Response) -> AsyncGenerator[bytes]:
        """Give an answer's body part by part.

        Raises:
            UpstreamUnanswered: the connection broke, or nothing came for too long.
        """
        try:
            async for part in response.aiter_bytes():
                yield part
        except httpx.HTTPError as error:
            raise self._explain(error) from error

    def _explain(self, error: Exception) -> UpstreamUnanswered:
        host = self.shown_host
        if isinstance(error, httpx.ConnectTimeout):
            return UpstreamTimedOut(
                f"{host} took no connection within {_CONNECT_SECONDS:g} s. Nothing was recorded."
            )
        if isinstance(error, httpx.TimeoutException):
            return UpstreamTimedOut(
                f"{host} did not answer within {self._timeout_seconds:g} s. Nothing was recorded; "
                "what was asked may have been done all the same."
            )
        if is_refused_by_tls(error):
            return UpstreamUntrusted(
                f"The certificate or the encryption of {host} is not accepted. "
                "Nothing was recorded."
            )
        if isinstance(error, httpx.ConnectError):
            return UpstreamUnreachable(f"{host} takes no connection. Nothing was recorded.")
        return UpstreamUnreachable(
            f"The connection to {host} broke. Nothing was recorded; "
            "what was asked may have been done all the same."
        )
