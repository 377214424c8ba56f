"""Inputs are downloaded whole or not at all, within bounds of time, bytes and redirects."""

import asyncio
from pathlib import Path

import pytest

from kaiga.domain.errors import TryLater
from kaiga.domain.fetch_rules import read_allowed_place
from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.media.fetching import HttpxFetcher
from kaiga.media.fetching.httpx_fetcher import MOST_REDIRECTS
from kaiga.ports.media_fetcher import LocalFile
from media.origins import Origin, answer, make_head, names_in, redirect, say

CONTENT = bytes(range(256)) * 12_000
LIMIT = 4 * 1024 * 1024
LOCAL = (read_allowed_place("127.0.0.1"),)


def make_fetcher(timeout_seconds: float = 30.0) -> HttpxFetcher:
    return HttpxFetcher(allowed=LOCAL, timeout_seconds=timeout_seconds)


async def fail(
    url: str, folder: Path, *, limit: int = LIMIT, fetcher: HttpxFetcher | None = None
) -> MediaTrouble:
    """Fetch what can't be fetched; nothing may be left of it."""
    found = await (fetcher or make_fetcher()).fetch(url, folder, limit)
    assert isinstance(found, MediaTrouble)
    assert names_in(folder) == []
    return found


async def test_a_file_is_downloaded_byte_by_byte(origin: Origin, folder: Path):
    origin.plays["/cat.png?size=large"] = answer(CONTENT)

    found = await make_fetcher().fetch(origin.url("/cat.png?size=large"), folder, LIMIT)

    assert isinstance(found, LocalFile)
    assert found.path.read_bytes() == CONTENT
    assert found.size_bytes == len(CONTENT)


async def test_the_name_of_the_file_is_our_own(origin: Origin, folder: Path):
    path = "/..%2f..%2fetc/passwd.png"
    headers = {"Content-Disposition": 'attachment; filename="../../passwd"'}
    origin.plays[path] = answer(b"x", headers=headers)

    found = await make_fetcher().fetch(origin.url(path), folder, LIMIT)

    assert isinstance(found, LocalFile)
    assert names_in(folder) == [found.path.name]
    assert "passwd" not in found.path.name


async def test_a_request_tells_nothing_but_the_address(origin: Origin, folder: Path):
    origin.plays["/a"] = answer(b"x")

    await make_fetcher().fetch(origin.url("/a#part"), folder, LIMIT)

    lines = origin.heads[0].strip().split("\r\n")
    assert lines[0] == "GET /a HTTP/1.1"
    assert sorted(line.partition(":")[0].lower() for line in lines[1:]) == [
        "accept",
        "accept-encoding",
        "connection",
        "host",
        "user-agent",
    ]
    assert f"Host: 127.0.0.1:{origin.port}" in lines


async def test_a_body_without_a_length_is_read_to_its_end(origin: Origin, folder: Path):
    origin.plays["/a"] = say(make_head("200 OK", {"Connection": "close"}) + CONTENT)

    found = await make_fetcher().fetch(origin.url("/a"), folder, LIMIT)

    assert isinstance(found, LocalFile)
    assert found.path.read_bytes() == CONTENT


@pytest.mark.parametrize("headers", [{"Content-Length": "5"}, {"Connection": "close"}])
async def test_a_file_of_exactly_the_limit_passes_and_one_byte_more_does_not(
    origin: Origin, folder: Path, headers: dict[str, str]
):
    origin.plays["/a"] = say(make_head("200 OK", headers) + b"12345")

    assert (await fail(origin.url("/a"), folder, limit=4)).problem is MediaProblem.BYTES
    assert isinstance(await make_fetcher().fetch(origin.url("/a"), folder, 5), LocalFile)


async def test_a_body_that_is_declared_too_large_is_not_waited_for(origin: Origin, folder: Path):
    origin.plays["/a"] = origin.stalled(make_head("200 OK", {"Content-Length": str(LIMIT + 1)}))

    trouble = await fail(origin.url("/a"), folder)

    assert trouble == MediaTrouble(
        problem=MediaProblem.BYTES, detail=f"it has more than {LIMIT} bytes, the most allowed"
    )
    await asyncio.wait_for(origin.was_left.wait(), 10)


async def test_an_endless_body_is_left_at_the_limit(origin: Origin, folder: Path):
    origin.plays["/a"] = origin.endless()

    trouble = await fail(origin.url("/a"), folder)
    await asyncio.wait_for(origin.was_left.wait(), 10)

    assert trouble.problem is MediaProblem.BYTES
    assert origin.sent_bytes < 4 * LIMIT  # what lay in the buffers between is not our doing


@pytest.mark.parametrize(
    "beginning", [b"", b"HTTP/1.1 200 OK\r\n", make_head("200 OK", {"Content-Length": "9"}) + b"x"]
)
async def test_a_server_that_falls_silent_is_left_when_the_time_is_over(
    origin: Origin, folder: Path, beginning: bytes
):
    origin.plays["/a"] = origin.stalled(beginning)

    trouble = await fail(origin.url("/a"), folder, fetcher=make_fetcher(0.3))

    assert trouble == MediaTrouble(
        problem=MediaProblem.TIMED_OUT, detail="the download took longer than 0.3 s"
    )
    await asyncio.wait_for(origin.was_left.wait(), 10)


async def test_the_time_is_one_for_all_redirects_together(origin: Origin, folder: Path):
    async def slowly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        await redirect("/a")(reader, writer)

    origin.plays["/a"] = slowly

    trouble = await fail(origin.url("/a"), folder, fetcher=make_fetcher(0.5))

    assert trouble.problem is MediaProblem.TIMED_OUT


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (make_head("200 OK", {"Content-Length": "9"}) + b"short", "the download was cut short"),
        (
            make_head("200 OK", {"Transfer-Encoding": "chunked"}) + b"5\r\nshort\r\n",
            "the download was cut short",
        ),
        (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "the host gave no answer that is HTTP"),
        (b"", "the host gave no answer that is HTTP"),
        (make_head("200 OK", {"Content-Length": "0"}), "there is nothing at this URL: 0 bytes"),
        (
            make_head("200 OK", {"Content-Encoding": "gzip", "Content-Length": "1"}) + b"x",
            "the host sent it compressed, though that was not asked for",
        ),
    ],
)
async def test_a_download_that_breaks_is_told_with_its_reason(
    origin: Origin, folder: Path, raw: bytes, detail: str
):
    origin.plays["/a"] = say(raw)

    assert await fail(origin.url("/a"), folder) == MediaTrouble(
        problem=MediaProblem.DOWNLOAD_FAILED, detail=detail
    )


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        ("404 Not Found", MediaProblem.NOT_FOUND),
        ("410 Gone", MediaProblem.NOT_FOUND),
        ("401 Unauthorized", MediaProblem.NOT_ALLOWED),
        ("403 Forbidden", MediaProblem.NOT_ALLOWED),
        ("500 Internal Server Error", MediaProblem.DOWNLOAD_FAILED),
        ("206 Partial Content", MediaProblem.DOWNLOAD_FAILED),
        ("204 No Content", MediaProblem.DOWNLOAD_FAILED),
        ("304 Not Modified", MediaProblem.DOWNLOAD_FAILED),
    ],
)
async def test_a_status_that_is_not_200_is_told(
    origin: Origin, folder: Path, status: str, problem: MediaProblem
):
    origin.plays["/a"] = answer(b"<html>", status=status)

    assert await fail(origin.url("/a"), folder) == MediaTrouble(
        problem=problem, detail=f"the host answered with status {status[:3]}"
    )


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 P"])
async def test_redirects_are_followed_as_far_as_allowed(origin: Origin, folder: Path, status: str):
    for number in range(MOST_REDIRECTS):
        location = {"Location": f"../b/{number + 1}"}
        origin.plays[f"/b/{number}"] = answer(status=status, headers=location)
    origin.plays[f"/b/{MOST_REDIRECTS}"] = answer(CONTENT)

    found = await make_fetcher().fetch(origin.url("/b/0"), folder, LIMIT)

    assert isinstance(found, LocalFile)
    assert found.path.read_bytes() == CONTENT


async def test_one_redirect_too_many_ends_the_download(origin: Origin, folder: Path):
    origin.plays["/a"] = redirect("/a")

    trouble = await fail(origin.url("/a"), folder)

    assert trouble.detail == f"it leads through more than {MOST_REDIRECTS} redirects"
    assert origin.connections == MOST_REDIRECTS + 1


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/a",
        "gopher://127.0.0.1/a",
        "http://name:word@127.0.0.1/",
        "data:image/png;base64,AAAA",
        "http://[half",
        "",
    ],
)
async def test_a_redirect_to_what_is_no_plain_url_is_not_followed(
    origin: Origin, folder: Path, location: str
):
    origin.plays["/a"] = redirect(location)

    assert await fail(origin.url("/a"), folder) == MediaTrouble(
        problem=MediaProblem.DOWNLOAD_FAILED,
        detail="what it redirects to is no URL that can be fetched",
    )


async def test_a_cookie_of_one_answer_is_not_sent_with_the_next_request(
    origin: Origin, folder: Path
):
    origin.plays["/a"] = redirect("/b", {"Set-Cookie": "seen=1; Path=/"})
    origin.plays["/b"] = answer(b"x")

    await make_fetcher().fetch(origin.url("/a"), folder, LIMIT)

    assert len(origin.heads) == 2
    assert "cookie" not in origin.heads[1].lower()


async def test_a_port_that_takes_no_connection_is_told_so(origin: Origin, folder: Path):
    server = await asyncio.start_server(origin.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()

    assert await fail(f"http://127.0.0.1:{port}/", folder) == MediaTrouble(
        problem=MediaProblem.CONNECTION_REFUSED, detail="the host takes no connection"
    )


@pytest.mark.parametrize("url", ["not a url", "ftp://127.0.0.1/", "http://xn--a/", "oss://key"])
async def test_what_is_no_url_is_refused_unasked(folder: Path, url: str):
    assert await fail(url, folder) == MediaTrouble(
        problem=MediaProblem.URL_INVALID, detail="it is no URL that can be fetched"
    )


async def test_a_cancelled_download_leaves_nothing_and_hangs_up(origin: Origin, folder: Path):
    origin.plays["/a"] = origin.endless()
    download = asyncio.create_task(make_fetcher().fetch(origin.url("/a"), folder, 2**40))
    await origin.has_sent.wait()

    download.cancel()
    with pytest.raises(asyncio.CancelledError):
        await download

    assert names_in(folder) == []
    await asyncio.wait_for(origin.was_left.wait(), 10)


async def test_a_folder_that_takes_nothing_is_no_fault_of_the_client(origin: Origin, folder: Path):
    origin.plays["/a"] = answer(b"x")

    with pytest.raises(TryLater):
        await make_fetcher().fetch(origin.url("/a"), folder / "missing", LIMIT)
