"""HTTP/1.1 as uvicorn reads it, with an end to how long a request's head may be.

A head is read before any key is judged, so it has to be bounded for everybody.
"""

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kaiga.domain.errors import RequestRefused
from kaiga.domain.ids import draw_request_id

LARGEST_HEAD_BYTES = 64 * 1024
"""Request line and headers together; servers commonly stop between 8 and 64 KiB."""

_HEAD_TOO_LONG = f"The request line and headers must be at most {LARGEST_HEAD_BYTES} bytes."
_encode = msgspec.json.Encoder().encode


class BoundedHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose head does not end; refuses in the API's own form."""

    _is_in_head = True
    _head_bytes = 0

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; see `asyncio.Protocol`."""
        super().data_received(data)
        if not self._is_in_head:
            return
        self._head_bytes += len(data)
        if self._head_bytes > LARGEST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(_HEAD_TOO_LONG)

    def on_headers_complete(self) -> None:
        """Begin to answer; what comes now is body, and bounded elsewhere."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Begin to count the next head."""
        super().on_message_complete()
        self._is_in_head = True
        self._head_bytes = 0

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
