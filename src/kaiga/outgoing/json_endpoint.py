"""One JSON endpoint that the operator of this server names, such as a language model.

It is asked wherever it lies: the rules on strangers' addresses are not for it.
"""

import asyncio
import time
from collections.abc import Callable, Mapping

import httpx
import msgspec

from kaiga import __version__
from kaiga.outgoing.asking import is_refused_by_tls

REST_SECONDS = 30.0
"""How long an endpoint that was too slow is left alone, so that not every task waits for it."""
MOST_ANSWER_BYTES = 1024 * 1024
_CONNECT_SECONDS = 5.0
_OK = 200

_encode = msgspec.json.Encoder().encode


class EndpointFailed(Exception):
    """No answer came that can be used; the message is for operators, a clause with no full stop."""


class JsonEndpoint:
    """Posts JSON below `base_url`, with `key` as a bearer token where there is one.

    Follows no redirect and reads no proxy or password from anywhere, so that the key goes to the
    endpoint alone. `monotonic` gives seconds.
    """

    def __init__(
        self,
        *,
        base_url: str,
        key: str | None,
        timeout_seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {
            "user-agent": f"Kaiga/{__version__}",
            "content-type": "application/json",
            "accept": "application/json",
            "accept-encoding": "identity",
            **({"authorization": f"Bearer {key}"} if key else {}),
        }
        self._timeout_seconds = timeout_seconds
        self._monotonic = monotonic
        self._was_slow = False
        self._rests_until = 0.0
        self._tls = httpx.create_ssl_context(trust_env=False)

    async def post(self, path: str, body: Mapping[str, object]) -> bytes:
        """Give the body of an answer with the status 200.

        After one that did not come in time, every call fails at once for `REST_SECONDS`; then one
        call tries it while the others still fail.

        Raises:
            EndpointFailed: there was none.
        """
        now = self._monotonic()
        if now < self._rests_until:
            raise EndpointFailed("it was too slow a short while ago, and is left alone for now")
        if self._was_slow:
            self._rests_until = now + REST_SECONDS
        is_slow = False
        try:
            async with asyncio.timeout(self._timeout_seconds):
                return await self._ask(path, _encode(body))
        except TimeoutError:
            is_slow = True
            raise EndpointFailed(f"no answer within {self._timeout_seconds:g} s") from None
        except httpx.TimeoutException:
            is_slow = True
            raise EndpointFailed(f"no connection within {_CONNECT_SECONDS:g} s") from None
        except httpx.ConnectError as error:
            if is_refused_by_tls(error):
                raise EndpointFailed("its certificate or encryption is not accepted") from None
            raise EndpointFailed("it takes no connection") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise EndpointFailed("it gave no answer that is HTTP") from None
        finally:
            self._was_slow = is_slow
            self._rests_until = self._monotonic() + REST_SECONDS if is_slow else 0.0

    async def _ask(self, path: str, content: bytes) -> bytes:
        timeout = httpx.Timeout(None, connect=_CONNECT_SECONDS)
        async with (
            httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=timeout) as client,
            client.stream(
                "POST", f"{self._base_url}/{path}", headers=self._headers, content=content
            ) as response,
        ):
            if response.status_code != _OK:
                raise EndpointFailed(f"it answered with the status {response.status_code}")
            return await _read(response)


async def _read(response: httpx.Response) -> bytes:
    answer = bytearray()
    async for chunk in response.aiter_raw():
        answer += chunk
        if len(answer) > MOST_ANSWER_BYTES:
            raise EndpointFailed(f"its answer is longer than {MOST_ANSWER_BYTES} bytes")
    return bytes(answer)
