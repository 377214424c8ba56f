"""Headers that a connection sends again and again are read once."""

from kaiga.http.asgi import Headers


def test_what_is_read_of_headers_is_read_once_for_each_reader():
    asked: list[str] = []

    def read_host(headers: Headers) -> bytes:
        asked.append("host")
        return headers[b"host"]

    def read_size(headers: Headers) -> int:
        asked.append("size")
        return len(headers)

    headers = Headers([(b"host", b"one")])

    assert [headers.read_once(read_host) for _ in range(3)] == [b"one"] * 3
    assert [headers.read_once(read_size) for _ in range(3)] == [1] * 3
    assert asked == ["host", "size"]


def test_headers_of_another_connection_are_read_anew():
    ours, theirs = Headers([(b"host", b"one")]), Headers([(b"host", b"two")])

    read = [each.read_once(lambda headers: headers[b"host"]) for each in (ours, theirs)]

    assert read == [b"one", b"two"]
