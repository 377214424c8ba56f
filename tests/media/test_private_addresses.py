"""Whatever a URL, a name server or a redirect says, only allowed addresses are connected to."""

from pathlib import Path

import pytest

from kaiga.domain.fetch_rules import read_allowed_place
from kaiga.domain.media_faults import MediaProblem, MediaTrouble
from kaiga.media.fetching import HttpxFetcher
from kaiga.outgoing.resolving import Resolver, SystemResolver
from kaiga.ports.media_fetcher import LocalFile
from media.certificates import make_contexts
from media.origins import DeadResolver, Origin, ScriptedResolver, answer, open_origin, redirect

LIMIT = 1_000_000
NOT_PUBLIC = MediaTrouble(
    problem=MediaProblem.ADDRESS_REFUSED,
    detail="the host has no public address; KAIGA_FETCH_ALLOW names further ones",
)

_NO_ADDRESS = {MediaProblem.NAME_UNKNOWN, MediaProblem.URL_INVALID}
"""Some spellings are none to httpx, or to the name service of some system."""


def make_fetcher(*allowed: str, resolver: Resolver | None = None) -> HttpxFetcher:
    places = [read_allowed_place(place) for place in allowed]
    return HttpxFetcher(allowed=places, timeout_seconds=30.0, resolver=resolver)


async def read(fetcher: HttpxFetcher, url: str, folder: Path) -> bytes:
    found = await fetcher.fetch(url, folder, LIMIT)
    assert isinstance(found, LocalFile)
    return found.path.read_bytes()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0.0.0.0",  # noqa: S104  an address to refuse, not to listen on
        "localhost",
        "LOCALHOST.",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[::127.0.0.1]",
        "１２７.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "[fd00:ec2::254]",
    ],
)
async def test_no_spelling_of_an_inner_address_is_connected_to(
    origin: Origin, folder: Path, host: str
):
    origin.plays["/"] = answer(b"secret")

    found = await make_fetcher().fetch(origin.url(host=host), folder, LIMIT)

    assert isinstance(found, MediaTrouble)
    assert found == NOT_PUBLIC or found.problem in _NO_ADDRESS
    assert origin.connections == 0


async def test_an_allowed_place_is_fetched_from_under_each_of_its_names(
    origin: Origin, folder: Path
):
    origin.plays["/"] = answer(b"ours")
    fetcher = make_fetcher(f"127.0.0.1:{origin.port}")

    for host in ("127.0.0.1", "2130706433", "127.1", "[::ffff:127.0.0.1]"):
        assert await read(fetcher, origin.url(host=host), folder) == b"ours"


async def test_another_port_of_an_allowed_address_stays_closed(origin: Origin, folder: Path):
    fetcher = make_fetcher(f"127.0.0.1:{origin.port + 1}")

    assert await fetcher.fetch(origin.url(), folder, LIMIT) == NOT_PUBLIC
    assert origin.connections == 0


async def test_each_redirect_is_checked_again_and_tells_nothing_of_where_it_led(
    origin: Origin, folder: Path
):
    async with open_origin() as inner:
        inner.plays["/"] = answer(b"secret")
        origin.plays["/a"] = redirect(inner.url())

        found = await make_fetcher(f"127.0.0.1:{origin.port}").fetch(
            origin.url("/a"), folder, LIMIT
        )

        assert inner.connections == 0
    assert found == MediaTrouble(
        problem=MediaProblem.ADDRESS_REFUSED,
        detail="the host after a redirect has no public address; "
        "KAIGA_FETCH_ALLOW names further ones",
    )


async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(
    origin: Origin, folder: Path
):
    origin.plays["/"] = answer(b"ours")
    resolver = ScriptedResolver(["127.0.0.1"], ["10.0.0.1"])

    content = await read(
        make_fetcher("127.0.0.1", resolver=resolver), origin.url(host="rebinding.test"), folder
    )

    assert content == b"ours"
    assert resolver.asked == ["rebinding.test"]
    assert f"Host: rebinding.test:{origin.port}" in origin.heads[0]


async def test_a_name_that_moves_inside_between_two_redirects_is_refused(
    origin: Origin, folder: Path
):
    url = origin.url("/a", host="rebinding.test")
    origin.plays["/a"] = redirect(url)
    resolver = ScriptedResolver(["127.0.0.1"], ["10.0.0.1"])

    found = await make_fetcher("127.0.0.1", resolver=resolver).fetch(url, folder, LIMIT)

    assert isinstance(found, MediaTrouble)
    assert found.problem is MediaProblem.ADDRESS_REFUSED
    assert origin.connections == 1


async def test_of_several_addresses_only_the_allowed_ones_are_tried(origin: Origin, folder: Path):
    origin.plays["/"] = answer(b"ours")
    resolver = ScriptedResolver(["10.0.0.1", "::ffff:192.168.0.1", "127.0.0.1"])

    fetcher = make_fetcher("127.0.0.1", resolver=resolver)

    assert await read(fetcher, origin.url(host="many.test"), folder) == b"ours"


async def test_the_next_address_is_tried_where_one_takes_no_connection(
    origin: Origin, folder: Path
):
    origin.plays["/"] = answer(b"ours")
    resolver = ScriptedResolver(["::1", "127.0.0.1"])

    fetcher = make_fetcher("::1", "127.0.0.1", resolver=resolver)

    assert await read(fetcher, origin.url(host="many.test"), folder) == b"ours"


async def test_a_host_that_is_allowed_by_name_may_lie_inside(origin: Origin, folder: Path):
    origin.plays["/"] = answer(b"ours")
    resolver = ScriptedResolver(["127.0.0.1"])
    fetcher = make_fetcher("minio.internal", resolver=resolver)

    assert await read(fetcher, origin.url(host="MinIO.internal"), folder) == b"ours"
    assert await fetcher.fetch(origin.url(host="other.internal"), folder, LIMIT) == NOT_PUBLIC


@pytest.mark.parametrize("resolver", [DeadResolver(), ScriptedResolver()])
async def test_a_name_without_an_address_is_told_so(folder: Path, resolver: Resolver):
    found = await make_fetcher(resolver=resolver).fetch("http://nowhere.test/", folder, LIMIT)

    assert found == MediaTrouble(
        problem=MediaProblem.NAME_UNKNOWN, detail="the name of the host can't be resolved"
    )


async def test_a_name_in_any_script_is_asked_for_as_name_servers_write_it(
    origin: Origin, folder: Path
):
    origin.plays["/%E5%9B%BE.png"] = answer(b"ours")
    resolver = ScriptedResolver(["127.0.0.1"])

    url = origin.url("/图.png", host="例え.test")
    content = await read(make_fetcher("127.0.0.1", resolver=resolver), url, folder)

    assert content == b"ours"
    assert resolver.asked == ["xn--r8jz45g.test"]


async def test_proxies_of_the_environment_are_not_used(
    origin: Origin, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    origin.plays["/"] = answer(b"ours")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert await read(make_fetcher("127.0.0.1"), origin.url(), folder) == b"ours"


async def test_a_certificate_is_held_against_the_name_and_not_the_address(
    folder: Path, tmp_path: Path
):
    serving, trusting = make_contexts("media.test", tmp_path)
    async with open_origin(serving) as secure:
        secure.plays["/"] = answer(b"ours")
        fetcher = HttpxFetcher(
            allowed=[read_allowed_place("127.0.0.1")],
            resolver=ScriptedResolver(["127.0.0.1"]),
            tls=trusting,
        )

        right = await fetcher.fetch(f"https://media.test:{secure.port}/", folder, LIMIT)
        wrong = await fetcher.fetch(f"https://other.test:{secure.port}/", folder, LIMIT)

        assert secure.server_names[:2] == ["media.test", "other.test"]
    assert isinstance(right, LocalFile)
    assert right.path.read_bytes() == b"ours"
    assert wrong == MediaTrouble(
        problem=MediaProblem.DOWNLOAD_FAILED,
        detail="the certificate or the encryption of the host is not accepted",
    )


async def test_a_certificate_of_nobody_we_trust_is_not_accepted(folder: Path, tmp_path: Path):
    serving, _ = make_contexts("127.0.0.1", tmp_path)
    async with open_origin(serving) as secure:
        found = await make_fetcher("127.0.0.1").fetch(
            f"https://127.0.0.1:{secure.port}/", folder, LIMIT
        )

    assert isinstance(found, MediaTrouble)
    assert "certificate" in found.detail


@pytest.mark.parametrize("host", ["a..test", "a" * 64 + ".test"])
async def test_a_name_that_can_not_exist_is_a_name_that_is_not_known(host: str):
    with pytest.raises(OSError):  # noqa: PT011  its text is the system's
        await SystemResolver().resolve(host, 80)
