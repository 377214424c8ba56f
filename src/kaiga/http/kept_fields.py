"""Header fields that a connection sends again and again, so that they need be read only once.

A client's calls over a connection differ in their first line and their body; what stands between
is the same bytes each time. What was read of those bytes once is what they mean the next time, so
such a call needs no parser. Only calls that come whole and alone, in one piece of the stream, are
read so: nothing else can begin or end within them.
"""

import re

import msgspec

from kaiga.http.asgi import Headers
from kaiga.http.dashscope.routes import PREFIX
from kaiga.http.operations.service import HEALTH_PATH

_LARGEST_KEPT_BYTES = 4096
"""A connection that waits for its next call holds no more than this of the last one."""
_FIRST_LINE = re.compile(
    rf"(GET|POST) ({PREFIX}[A-Za-z0-9._~/-]*|{HEALTH_PATH}) HTTP/1\.1".encode()
)
"""Small calls; none of these characters means anything but itself in a path."""


class KeptFields(msgspec.Struct, frozen=True, gc=False):
    """The fields of a small call: as sent, as read, and the length of the body they announce.

    `text` goes from the end of the first line to the beginning of the body.
    """

    text: bytes
    headers: Headers
    body_bytes: int

    def read(self, data: bytes) -> tuple[str, str, bytes] | None:
        """Read method, path and body of a call with these very fields; None for all else.

        `data` is what a connection has sent next, after a whole number of calls.
        """
        line_end = data.find(b"\r\n")
        body_start = line_end + len(self.text)
        if len(data) != body_start + self.body_bytes or not data.startswith(self.text, line_end):
            return None
        first_line = _FIRST_LINE.fullmatch(data, 0, line_end)
        if first_line is None:
            return None
        method, path = first_line.groups()
        return method.decode("ascii"), path.decode("ascii"), data[body_start:]


def keep_fields(data: bytes, headers: Headers, body_bytes: int) -> KeptFields | None:
    """Keep the fields of a small call that `data` holds, from its first byte to its last.

    None where they are too long, or where the call begins or ends otherwise than such calls do.
    """
    line_end = data.find(b"\r\n")
    body_start = data.find(b"\r\n\r\n", line_end) + len(b"\r\n\r\n")
    if body_start - line_end > _LARGEST_KEPT_BYTES or len(data) - body_start != body_bytes:
        return None
    if _FIRST_LINE.fullmatch(data, 0, line_end) is None:
        return None
    return KeptFields(data[line_end:body_start], headers, body_bytes)
