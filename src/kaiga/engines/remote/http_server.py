"""Requests to one server, bounded in bytes, and what went wrong as the errors of an engine.

Nothing but the server's own address is ever asked, whatever its answers and redirects name.
"""

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeVar

import httpx
import msgspec
import structlog

from kaiga import __version__
from kaiga.domain.errors import EngineAway, EngineCrashed, EngineHung, EngineUnfit, KaigaError
from kaiga.engines.remote.complaints import JobRefused, make_refusal, read_complaint
from kaiga.ports.engine import JsonValue

_log = structlog.get_logger(__name__)
MOST_BYTES = 512 * 1024 * 1024
"""Of one answer: a clip of some minutes, or pictures as Base64."""
_CONNECT_SECONDS = 5.0
_MOST_REDIRECTS = 5
_CLEANING_SECONDS = 5.0
_LONGEST_HOLD_SECONDS = 120.0
"""A request that a server puts off for longer than this in all goes back to the queue instead."""
_AWAY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.BAD_GATEWAY})
_LATE = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT})
_UNFIT = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.GONE,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)
_UNKNOWN_PATH = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})
_IS_THERE = _UNKNOWN_PATH | {HTTPStatus.TOO_MANY_REQUESTS}
"""What also shows that a server is there: it has no such path, or has much to do."""
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?", re.ASCII)
"""A time to wait; a server that names a date instead counts as naming none."""
_PORTS = {"http": 80, "https": 443}
Answer = TypeVar("Answer")
FormPart = tuple[str, tuple[str | None, bytes | str, str]] | tuple[str, tuple[None, str]]
"""A field of a form: its name, and a file's name, content and type, or no name and a text."""


class HttpServer:
    """One server at `url`; `key` goes with every request where there is one.

    An answer of 429 that names a time in `Retry-After` holds up every request to the server until
    then, and the request that got it is sent again: it has begun nothing.

    A connection is used once: one that the server has closed meanwhile would make a request look
    as if it had died at work.
    """

    def __init__(self, url: str, key: str = "", *, most_bytes: int = MOST_BYTES) -> None:
        self.url = httpx.URL(url.rstrip("/") + "/")
        self._most_bytes = most_bytes
        self._held_until = 0.0
        """By the loop's time."""
        self.headers = {"authorization": f"Bearer {key}"} if key else {}
        """What tells the server who asks."""
        self._client = httpx.AsyncClient(
            headers={
                **self.headers,
                "user-agent": f"Kaiga/{__version__}",
                "accept-encoding": "identity",
            },
            timeout=httpx.Timeout(None, connect=_CONNECT_SECONDS),
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
        )

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, JsonValue] | None = None,
        form: Sequence[FormPart] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        """Send one request to a path below the server's, and give what it answers.

        Raises:
            EngineAway: it takes no connection, or nothing now, nor within `_LONGEST_HOLD_SECONDS`.
            EngineUnfit: it has no such path, does not take the key, or leads elsewhere.
            EngineHung: something between gave up waiting for it.
            EngineCrashed: it failed, broke off, or sent more than it may.
            JobRefused: it finds the request wrong.
        """
        give_up_at = _now() + _LONGEST_HOLD_SECONDS
        while True:
            await asyncio.sleep(self._held_until - _now())
            request = self._client.build_request(
                method,
                self.url.join(path),
                content=None if body is None else msgspec.json.encode(body),
                headers=None if body is None else {"content-type": "application/json"},
                files=form,
                params=query,
            )
            async with self._answered(request) as response:
                content = await self._read(response)
            if not self._is_put_off(response, give_up_at):
                _ensure_done(response.status_code, content, path)
                return content

    async def ask_for(
        self,
        form_of_answer: type[Answer],
        method: str,
        path: str,
        *,
        body: Mapping[str, JsonValue] | None = None,
        form: Sequence[FormPart] | None = None,
    ) -> Answer:
        """Send one request, and read its answer as JSON of the given form.

        Raises:
            EngineCrashed: the answer is something else. For the rest see `ask`.
        """
        content = await self.ask(method, path, body=body, form=form)
        try:
            return msgspec.json.decode(content, type=form_of_answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise EngineCrashed from ValueError(f"its answer at {path} can't be read: {error}")

    async def fetch(self, address: str) -> bytes:
        """Give the file at an address that the server named, relative or not.

        Raises:
            EngineUnfit: it lies at another host, or a redirect leads there. See `ask`.
        """
        target = self._join(self.url, address)
        for _ in range(_MOST_REDIRECTS + 1):
            self._ensure_own(target)
            async with self._answered(self._client.build_request("GET", target)) as response:
                if not response.has_redirect_location:
                    content = await self._read(response)
                    _ensure_done(response.status_code, content, target.path)
                    return content
                target = self._join(target, response.headers["location"])
        raise EngineUnfit(f"It leads through more than {_MOST_REDIRECTS} redirects to its file.")

    async def look(self, path: str) -> None:
        """Return where the server answers at all: one without such a path is there, too.

        Raises:
            EngineAway, EngineUnfit, EngineCrashed: it is not there, not well, or not for us.
        """
        async with self._answered(self._client.build_request("GET", self.url.join(path))) as answer:
            if answer.status_code in _IS_THERE:
                return
            _ensure_done(answer.status_code, await self._read(answer), path)

    async def find(self, form_of_answer: type[Answer], path: str) -> Answer | None:
        """Give what a path answers; None where that can't be had soon."""
        try:
            async with asyncio.timeout(_CLEANING_SECONDS):
                return await self.ask_for(form_of_answer, "GET", path)
        except (KaigaError, JobRefused, TimeoutError):
            return None

    async def clean_up(
        self, method: str, path: str, body: Mapping[str, JsonValue] | None = None
    ) -> None:
        """Have the server forget or leave something; that it can't be is only told to the log."""
        try:
            async with asyncio.timeout(_CLEANING_SECONDS):
                await self.ask(method, path, body=body)
        except (KaigaError, JobRefused, TimeoutError) as error:
            _log.debug("an engine could not be cleaned up", path=path, reason=str(error))

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    def _is_put_off(self, response: httpx.Response, give_up_at: float) -> bool:
        """Tell whether a request is to be sent again, and hold up all others until then."""
        told = response.headers.get("retry-after", "").strip()
        if response.status_code != HTTPStatus.TOO_MANY_REQUESTS or not _SECONDS.fullmatch(told):
            return False
        again_at = _now() + float(told)
        if again_at > give_up_at:
            return False
        self._held_until = max(self._held_until, again_at)
        return True

    @asynccontextmanager
    async def _answered(self, request: httpx.Request) -> AsyncGenerator[httpx.Response]:
        try:
            response = await self._client.send(request, stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise EngineAway(f"{self.url} takes no connection.") from error
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise EngineCrashed from error
        try:
            yield response
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response) -> bytes:
        content = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > self._most_bytes:
                    raise EngineCrashed from ValueError(
                        f"it sent more than {self._most_bytes} bytes, the most that is taken"
                    )
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise EngineCrashed from error
        return bytes(content)

    def _join(self, base: httpx.URL, address: str) -> httpx.URL:
        try:
            return base.join(address)
        except (httpx.InvalidURL, ValueError):
            raise EngineUnfit("It names a file at an address that is none.") from None

    def _ensure_own(self, target: httpx.URL) -> None:
        if _place_of(target) != _place_of(self.url):
            raise EngineUnfit(
                f"It names a file at {target.host}; files are fetched from {self.url.host} alone, "
                "at the same port."
            )


def decode_base64(text: str) -> bytes:
    """Give the bytes of a file that came as Base64.

    Raises:
        EngineCrashed: it is none.
    """
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EngineCrashed from ValueError(f"its file is no Base64: {error}")


def _now() -> float:
    return asyncio.get_running_loop().time()


def _place_of(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port or _PORTS.get(url.scheme)


def _ensure_done(status: int, content: bytes, path: str) -> None:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    said = f"It answers {status} at {path}: {read_complaint(content)}."
    if status in _AWAY or status == HTTPStatus.SERVICE_UNAVAILABLE:
        raise EngineAway(said)
    if status in _LATE:
        raise EngineHung from RuntimeError(said)
    if status in _UNFIT or status < HTTPStatus.BAD_REQUEST:
        raise EngineUnfit(said)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise make_refusal(content)
    raise EngineCrashed from RuntimeError(said)
