"""What ComfyUI tells on its socket while it runs a workflow.

Source: docs.comfy.org, Messages and Routes; ComfyUI's server.py and protocol.py for the binary
frames, whose numbers are big-endian.
"""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import cast
from urllib.parse import quote

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

from kaiga.domain.errors import EngineAway, EngineCrashed, EngineUnfit
from kaiga.engines.remote.complaints import clean
from kaiga.ports.engine import EngineEvent, JsonValue, PreviewMade, StepDone

_OPEN_SECONDS = 5.0
_MOST_BYTES = 32 * 1024 * 1024
"""Of one message; previews are the largest."""
_PREVIEW, _PREVIEW_WITH_METADATA = 1, 4
_NUMBER_BYTES = 4
_REFUSED = frozenset({401, 403})


class _Said(msgspec.Struct, frozen=True):
    type: str
    data: dict[str, JsonValue]


class _Connect(connect):
    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow none: nothing but the server's own address is asked."""
        return exc


@asynccontextmanager
async def open_socket(
    url: httpx.URL, headers: Mapping[str, str], client_id: str
) -> AsyncGenerator[ClientConnection]:
    """Give a socket that is told of the prompts that are sent under `client_id`.

    Raises:
        EngineAway: it is not opened.
        EngineUnfit: the key is not taken.
    """
    scheme = "wss" if url.scheme == "https" else "ws"
    address = url.copy_with(scheme=scheme).join(f"ws?clientId={quote(client_id)}")
    try:
        socket = await _Connect(
            str(address),
            additional_headers=headers,
            open_timeout=_OPEN_SECONDS,
            max_size=_MOST_BYTES,
            proxy=None,
        )
    except InvalidStatus as error:
        status = error.response.status_code
        problem = EngineUnfit if status in _REFUSED else EngineAway
        raise problem(f"Its socket answers {status}.") from error
    except (OSError, TimeoutError, WebSocketException) as error:
        raise EngineAway("Its socket takes no connection.") from error
    async with socket:
        yield socket


async def listen(
    socket: ClientConnection, index: int, prompt_id: str
) -> AsyncGenerator[EngineEvent]:
    """Give steps and previews until the workflow has ended, or the socket has.

    Raises:
        EngineCrashed: the workflow failed, or somebody else stopped it.
    """
    try:
        async for message in socket:
            if isinstance(message, bytes):
                preview = read_preview(message)
                if preview:
                    yield PreviewMade(index=index, content=preview)
                continue
            said = _read(message)
            if said is None or said.data.get("prompt_id") != prompt_id:
                continue
            if said.type == "executing" and said.data.get("node") is None:
                return
            step = _read_step(index, said)
            if step:
                yield step
            if said.type in {"execution_error", "execution_interrupted"}:
                raise EngineCrashed from RuntimeError(_explain(said))
    except ConnectionClosed:
        return  # what became of the workflow is in ComfyUI's history


def read_preview(message: bytes) -> bytes:
    """Give the picture of a binary message, as an encoded file; empty where it has none."""
    kind, body = _read_number(message), message[_NUMBER_BYTES:]
    if kind == _PREVIEW:
        return body[_NUMBER_BYTES:]
    if kind == _PREVIEW_WITH_METADATA:
        return body[_NUMBER_BYTES + _read_number(body) :]
    return b""


def _read_number(content: bytes) -> int:
    return int.from_bytes(content[:_NUMBER_BYTES])


def _read(message: str) -> _Said | None:
    try:
        return msgspec.json.decode(message, type=_Said)
    except msgspec.DecodeError:
        return None


def _read_step(index: int, said: _Said) -> StepDone | None:
    value, most = said.data.get("value"), said.data.get("max")
    if said.type != "progress" or not isinstance(value, int | float) or value < 1:
        return None
    if not isinstance(most, int | float) or most < value:
        return None
    return StepDone(index=index, step=int(value), steps=int(most))


def _explain(said: _Said) -> str:
    if said.type == "execution_interrupted":
        return "somebody stopped the workflow at ComfyUI"
    node, message = (cast("str", said.data.get(name, "")) for name in _ERROR)
    return f"the workflow failed at {node}: {clean(str(message))}"


_ERROR = ("node_type", "exception_message")
