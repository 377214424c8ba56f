"""HTTP/1.1 as uvicorn reads it, with an end to how long a request's head may be.

A head is read before any key is judged, so it has to be bounded for everybody.
"""

import asyncio

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kaiga.domain.errors import RequestRefused
from kaiga.domain.ids import draw_request_id

LARGEST_HEAD_BYTES = 64 * 1024
"""Request line and headers together; servers commonly stop between 8 and 64 KiB."""

_SLOWEST_HEAD_SECONDS = 30.0
_HEAD_TOO_LONG = f"The request line and headers must be at most {LARGEST_HEAD_BYTES} bytes."
_encode = msgspec.json.Encoder().encode


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose head does not end; refuses in the API's own form."""

    _is_in_head = False
    _head_bytes = 0
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  uvicorn's own signature
        """Begin to wait for a first head; see `asyncio.Protocol`."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer; see `asyncio.Protocol`."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; see `asyncio.Protocol`."""
        super().data_received(data)
        if not self._is_in_head:
            return
        self._head_bytes += len(data)
        if self._patience is None:
            self._wait_for_head()
        if self._head_bytes > LARGEST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(_HEAD_TOO_LONG)

    def on_message_begin(self) -> None:
        """Begin to count a head."""
        super().on_message_begin()
        self._is_in_head = True
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Begin to answer; what comes now is body, and bounded elsewhere."""
        self._is_in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, flat and as JSON like every other error."""
        request_id = draw_request_id()
        error = {"code": RequestRefused.code, "message": msg, "request_id": request_id}
        body = _encode(error)
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _wait_for_head(self) -> None:
        self._patience = self.loop.call_later(_SLOWEST_HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
