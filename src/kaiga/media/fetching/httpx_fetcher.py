"""Downloads inputs through httpx, bounded in place, time, bytes and redirects."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from kaiga import __version__
from kaiga.domain.fetch_rules import AllowedPlace
from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import (
    BROKEN_BASE64,
    InlineMedia,
    RemoteUrl,
    decode_pieces,
    read_media_reference,
)
from kaiga.media.drafts import Draft, new_draft
from kaiga.outgoing.asking import Unanswered, ask
from kaiga.outgoing.checked_transport import CONNECT_SECONDS, CheckedTransport
from kaiga.outgoing.resolving import Resolver, SystemResolver
from kaiga.ports.media_fetcher import LocalFile

MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_FOUND = frozenset({404, 410})
_NOT_ALLOWED = frozenset({401, 403, 407})
_OK = 200
_HEADERS = {
    "user-agent": f"Kaiga/{__version__}",
    "accept": "*/*",
    "accept-encoding": "identity",  # what is counted is then the file itself
    "connection": "close",
}


class _Ended(Exception):
    """The download can't succeed."""

    def __init__(self, trouble: MediaTrouble) -> None:
        super().__init__(trouble.detail)
        self.trouble = trouble


def _ended(problem: MediaProblem, detail: str) -> _Ended:
    return _Ended(MediaTrouble(problem=problem, detail=detail))


class HttpxFetcher:
    """Implements `MediaFetcher`; reads no proxy, cookie or password from anywhere.

    `allowed` names places that are not public and may be fetched from all the same. `tls` is
    for services with certificates of their own; the default trusts what httpx does.
    """

    def __init__(
        self,
        *,
        allowed: Sequence[AllowedPlace] = (),
        timeout_seconds: float = 60.0,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        self._timeout_seconds = timeout_seconds
        self._resolver = resolver or SystemResolver()
        self._tls = tls or httpx.create_ssl_context()

    async def fetch(self, url: str, folder: Path, max_bytes: int) -> LocalFile | MediaTrouble:
        """See the port."""
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._follow(url, folder, max_bytes)
        except _Ended as ended:
            return ended.trouble
        except TimeoutError:
            return MediaTrouble(
                problem=MediaProblem.TIMED_OUT,
                detail=f"the download took longer than {self._timeout_seconds:g} s",
            )

    async def unpack(
        self, inline: InlineMedia, folder: Path, max_bytes: int
    ) -> LocalFile | MediaTrouble:
        """See the port."""
        try:
            async with new_draft(folder) as draft:
                await asyncio.to_thread(_decode, inline, draft, max_bytes)
                return await draft.finish()
        except _Ended as ended:
            return ended.trouble

    async def _follow(self, url: str, folder: Path, max_bytes: int) -> LocalFile:
        target, after = _read_target(url, "it"), ""
        for _ in range(MOST_REDIRECTS + 1):
            async with self._answered(target, after) as response:
                if response.status_code not in _REDIRECTS:
                    _ensure_usable(response, after)
                    return await _save(response, folder, max_bytes)
                location = response.headers.get("location", "")
            target, after = _join(target, location), " after a redirect"
        raise _ended(
            MediaProblem.DOWNLOAD_FAILED, f"it leads through more than {MOST_REDIRECTS} redirects"
        )

    @asynccontextmanager
    async def _answered(self, target: httpx.URL, after: str) -> AsyncGenerator[httpx.Response]:
        transport = CheckedTransport(resolver=self._resolver, allowed=self._allowed, tls=self._tls)
        timeout = httpx.Timeout(None, connect=CONNECT_SECONDS).as_dict()
        request = httpx.Request("GET", target, headers=_HEADERS, extensions={"timeout": timeout})
        async with transport:
            try:
                response = await ask(transport, request, after)
            except Unanswered as unanswered:
                raise _ended(unanswered.problem, str(unanswered)) from None
            try:
                yield response
            finally:
                await response.aclose()


def _read_target(url: str, name: str) -> httpx.URL:
    reference = read_media_reference(url, MediaKind.IMAGE)
    try:
        if isinstance(reference, RemoteUrl):
            target = httpx.URL(reference.url).copy_with(fragment=None)
            if target.host:  # it is decoded only now, and may be no name that can exist
                return target
    except (httpx.InvalidURL, ValueError):
        pass
    raise _ended(MediaProblem.URL_INVALID, f"{name} is no URL that can be fetched")


def _join(base: httpx.URL, location: str) -> httpx.URL:
    try:
        joined = str(base.join(location)) if location else ""
    except (httpx.InvalidURL, ValueError):
        joined = ""
    try:
        return _read_target(joined, "what it redirects to")
    except _Ended as ended:
        raise _ended(MediaProblem.DOWNLOAD_FAILED, ended.trouble.detail) from None


def _ensure_usable(response: httpx.Response, after: str) -> None:
    status = response.status_code
    if status != _OK:
        problem = MediaProblem.DOWNLOAD_FAILED
        if status in _NOT_FOUND:
            problem = MediaProblem.NOT_FOUND
        elif status in _NOT_ALLOWED:
            problem = MediaProblem.NOT_ALLOWED
        raise _ended(problem, f"the host{after} answered with status {status}")
    if response.headers.get("content-encoding", "identity").lower() in _ENCODINGS:
        raise _ended(
            MediaProblem.DOWNLOAD_FAILED,
            f"the host{after} sent it compressed, though that was not asked for",
        )


_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress"})


async def _save(response: httpx.Response, folder: Path, max_bytes: int) -> LocalFile:
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > max_bytes:
        raise _too_large(max_bytes)
    async with new_draft(folder) as draft:
        try:
            async for chunk in response.aiter_raw():
                await draft.write(chunk)
                if draft.size_bytes > max_bytes:
                    raise _too_large(max_bytes)
        except httpx.TransportError:
            raise _ended(MediaProblem.DOWNLOAD_FAILED, "the download was cut short") from None
        if not draft.size_bytes:
            raise _ended(MediaProblem.DOWNLOAD_FAILED, "there is nothing at this URL: 0 bytes")
        return await draft.finish()


def _decode(inline: InlineMedia, draft: Draft, max_bytes: int) -> None:
    try:
        for piece in decode_pieces(inline):
            if draft.size_bytes + len(piece) > max_bytes:
                raise _too_large(max_bytes)
            draft.write_now(piece)
    except ValueError:
        raise _Ended(BROKEN_BASE64) from None
    if not draft.size_bytes:
        raise _Ended(BROKEN_BASE64)


def _too_large(max_bytes: int) -> _Ended:
    return _ended(MediaProblem.BYTES, f"it has more than {max_bytes} bytes, the most allowed")
