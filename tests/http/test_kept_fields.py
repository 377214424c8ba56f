"""Calls whose header fields a connection has sent before: read as the parser would read them."""

import httptools
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaiga.http.asgi import Headers
from kaiga.http.kept_fields import KeptFields, keep_fields

FIELDS = b"\r\nHost: localhost:8600\r\nAuthorization: Bearer sk-1\r\nX-Twice: 1\r\nx-twice: 2\r\n"
POLL = b"GET /api/v1/tasks/1 HTTP/1.1" + FIELDS + b"\r\n"
CREATE = b"POST /api/v1/services/a HTTP/1.1" + FIELDS + b"Content-Length: 4\r\n\r\n{12}"
CALLS = (POLL, CREATE)


class Reading:
    """All that the parser tells of some bytes."""

    def __init__(self, data: bytes) -> None:
        self.calls: list[tuple[str, bytes, Headers, bytes]] = []
        self.begun = 0
        self._parser = httptools.HttpRequestParser(self)
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self.begun += 1
        self._url, self._headers, self._body = b"", Headers(), b""

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.lower()] = value

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        self.calls.append((method, self._url, self._headers, self._body))


def keep(data: bytes) -> KeptFields:
    [(_, _, headers, body)] = Reading(data).calls
    kept = keep_fields(data, headers, len(body))
    assert kept is not None
    return kept


def test_the_same_fields_with_another_line_and_body_are_another_call():
    assert keep(POLL).read(POLL.replace(b"tasks/1", b"tasks/23")) == (
        "GET",
        "/api/v1/tasks/23",
        b"",
    )
    assert keep(CREATE).read(CREATE.replace(b"{12}", b"[34]")) == (
        "POST",
        "/api/v1/services/a",
        b"[34]",
    )
    assert keep(POLL).headers[b"x-twice"] == b"2"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        POLL[:-1],
        POLL + b"G",
        POLL + POLL,
        b"\r\n" + POLL,
        POLL.replace(b"GET", b"HEAD"),
        POLL.replace(b"GET", b"get"),
        POLL.replace(b"HTTP/1.1", b"HTTP/1.0"),
        POLL.replace(b" HTTP/1.1", b""),
        POLL.replace(b"tasks/1", b"tasks/1?a=b"),
        POLL.replace(b"tasks/1", b"tasks/%31"),
        POLL.replace(b"tasks/1", b"tasks/1#2"),
        POLL.replace(b"tasks/1", b"tasks/1 2"),
        POLL.replace(b"tasks/1", b"tasks/1\xc3\xa9"),
        POLL.replace(b"tasks/1", b"tasks/1\x00"),
        POLL.replace(b"tasks/1", b"tasks/1\nHost: other"),
        POLL.replace(b"/api/v1", b"http://localhost/api/v1"),
        POLL.replace(b"/api/v1", b"/1d"),
        POLL.replace(b"sk-1", b"sk-2"),
        POLL.replace(b"Host", b"host"),
    ],
)
def test_everything_else_is_left_to_the_parser(data: bytes):
    assert keep(POLL).read(data) is None


@pytest.mark.parametrize(
    ("data", "body_bytes"),
    [
        (CREATE, 3),
        (b"\r\n" + POLL, 0),
        (POLL + b"\r\n", 0),
        (POLL.replace(b"tasks/1", b"tasks/1?a=b"), 0),
        (POLL.replace(b"sk-1", b"k" * 5000), 0),
    ],
)
def test_fields_of_a_call_that_is_not_all_there_is_are_not_kept(data: bytes, body_bytes: int):
    assert keep_fields(data, Headers(), body_bytes) is None


first_lines = st.lists(
    st.sampled_from(
        [
            *(b"GET ", b"POST ", b"HEAD ", b"/api/v1/", b"/healthz", b"tasks", b"/", b"-._~", b"1"),
            *(b" HTTP/1.1", b" HTTP/1.0", b"?", b"%20", b"#", b" ", b"\t", b"\r", b"\n", b"\x00"),
        ]
    ),
    max_size=9,
).map(b"".join)
bodies = st.sampled_from([b"", b"{12}", b"{123}", b"\r\n\r\n", b"\r\n", FIELDS, POLL])


@given(kept_of=st.sampled_from(CALLS), first_line=first_lines, body=bodies)
@example(kept_of=POLL, first_line=b"GET /api/v1/tasks/-._~1/ HTTP/1.1", body=b"")
@example(kept_of=POLL, first_line=b"POST /api/v1/tasks/1/cancel HTTP/1.1", body=b"")
@example(kept_of=CREATE, first_line=b"GET /healthz HTTP/1.1", body=b"\r\n\r\n")
def test_what_is_read_with_kept_fields_is_what_the_parser_reads(
    kept_of: bytes, first_line: bytes, body: bytes
):
    kept = keep(kept_of)
    data = first_line + kept.text + body

    call = kept.read(data)

    if call is not None:
        method, path, body = call
        reading = Reading(data)
        assert reading.calls == [(method, path.encode(), kept.headers, body)]
        assert reading.begun == 1
