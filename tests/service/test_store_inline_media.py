"""Media out of a request: what came as base64 becomes an object, however it was written."""

import json
import os
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import pytest

from domain.samples import ACCOUNT, NO_TASK, make_generation
from fakes import MemoryObjects
from kaiga.domain.errors import ObjectsUnavailable
from kaiga.domain.generation import Generation, MediaInput
from kaiga.domain.tasks import StoredInput, input_object_key
from kaiga.service.submitting.store_inline_media import InlineMedia, StoreInlineMedia
from service.collecting import BLUE, RED, make_medium

KEYS = [input_object_key(ACCOUNT, NO_TASK, place) for place in range(3)]
PICTURE = RED + os.urandom(3000)
"""Long enough to hold every sign of base64."""
BARE = b64encode(PICTURE).decode()
URI = f"data:image/png;base64,{BARE}"
LINK = "https://example.com/a.png"


def make_request(*urls: str) -> dict[str, Any]:
    return {"model": "test-edit", "input": {"prompt": "a cat", "images": list(urls)}}


def write_plainly(request: dict[str, Any]) -> bytes:
    return json.dumps(request).encode()


def write_like_php(request: dict[str, Any]) -> bytes:
    return write_plainly(request).replace(b"/", b"\\/")


def write_like_dotnet(request: dict[str, Any]) -> bytes:
    return write_plainly(request).replace(b"+", b"\\u002B")


def write_like_gson(request: dict[str, Any]) -> bytes:
    return write_plainly(request).replace(b"=", b"\\u003d")


WRITERS = [write_plainly, write_like_php, write_like_dotnet, write_like_gson]


def order(*urls: str) -> Generation:
    return make_generation(
        media=tuple(make_medium(url, f"input.images[{n}]") for n, url in enumerate(urls))
    )


@pytest.fixture
def store_media(objects: MemoryObjects) -> StoreInlineMedia:
    return StoreInlineMedia(objects=objects)


async def run(
    store_media: StoreInlineMedia, *urls: str, request: bytes | None = None
) -> InlineMedia:
    written = write_plainly(make_request(*urls)) if request is None else request
    return await store_media(ACCOUNT, NO_TASK, order(*urls), written)


def media_of(stored: InlineMedia) -> tuple[MediaInput, ...]:
    return stored.generation.media


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("url", [URI, BARE, f"data:image/png;base64,{BARE}=="])
async def test_base64_becomes_an_object_that_the_recorded_request_names(
    store_media: StoreInlineMedia, objects: MemoryObjects, url: str, write: Any
):
    stored = await run(store_media, url, request=write(make_request(url)))

    assert objects.contents == {KEYS[0]: PICTURE}
    [medium] = media_of(stored)
    assert (medium.url, medium.object_key, medium.size_bytes) == ("", KEYS[0], len(PICTURE))
    assert (medium.member, medium.role) == ("input.images[0]", "reference")
    assert json.loads(stored.request) == make_request(f"kaiga-object:{KEYS[0]}")


@pytest.mark.parametrize(
    ("url", "media_type"),
    [(URI, "image/png"), (f"data:image/jpeg;base64,{BARE}", "image/jpeg"), (BARE, None)],
)
async def test_what_a_medium_claims_to_be_is_recorded_as_a_claim(
    store_media: StoreInlineMedia, url: str, media_type: str | None
):
    stored = await run(store_media, url)

    assert stored.inputs == (
        StoredInput(
            member="input.images[0]",
            object_key=KEYS[0],
            media_type=media_type or "application/octet-stream",
            size_bytes=len(PICTURE),
        ),
    )


async def test_the_alphabet_of_urls_and_missing_padding_are_read(
    store_media: StoreInlineMedia, objects: MemoryObjects
):
    written = urlsafe_b64encode(PICTURE).decode().rstrip("=")

    await run(store_media, f"data:image/png;base64,{written}")

    assert objects.contents == {KEYS[0]: PICTURE}


async def test_the_same_medium_twice_is_two_inputs_and_leaves_no_base64(
    store_media: StoreInlineMedia, objects: MemoryObjects
):
    stored = await run(store_media, URI, URI)

    assert [each.member for each in stored.inputs] == ["input.images[0]", "input.images[1]"]
    assert all(objects.contents[each.object_key] == PICTURE for each in stored.inputs)
    assert [medium.object_key for medium in media_of(stored)] == KEYS[:2]
    assert BARE.encode() not in stored.request


async def test_a_medium_that_is_a_part_of_another_leaves_that_one_whole(
    store_media: StoreInlineMedia, objects: MemoryObjects
):
    longer = f"data:image/png;base64,{b64encode(PICTURE + PICTURE).decode()}"

    stored = await run(store_media, BARE, URI, longer)

    assert [objects.contents[key] for key in KEYS] == [PICTURE, PICTURE, PICTURE + PICTURE]
    assert json.loads(stored.request)["input"]["images"] == [f"kaiga-object:{key}" for key in KEYS]


async def test_addresses_stay_and_those_beside_them_are_numbered_without_them(
    store_media: StoreInlineMedia, objects: MemoryObjects
):
    blue = f"data:image/png;base64,{b64encode(BLUE).decode()}"

    stored = await run(store_media, LINK, URI, "oss://a/cat.png", blue)

    assert [medium.url for medium in media_of(stored)] == [LINK, "", "oss://a/cat.png", ""]
    assert [medium.object_key for medium in media_of(stored)] == [None, KEYS[0], None, KEYS[1]]
    assert objects.contents == {KEYS[0]: PICTURE, KEYS[1]: BLUE}


async def test_a_request_without_media_inside_it_stays_as_it_is(store_media: StoreInlineMedia):
    request = write_like_php(make_request(LINK))

    stored = await run(store_media, LINK, request=request)

    assert stored.request is request
    assert (stored.generation, stored.inputs) == (order(LINK), ())


@pytest.mark.parametrize("url", ["data:image/png;base64,iVBO###", "data:image/png,abc", "cat.png"])
async def test_what_is_no_medium_stays_where_it_is(
    store_media: StoreInlineMedia, objects: MemoryObjects, url: str
):
    stored = await run(store_media, url)

    assert media_of(stored)[0].url == url
    assert (stored.inputs, objects.contents) == ((), {})


@pytest.mark.parametrize(
    "url",
    [
        f"data:image/png;base64,{BARE * 500}#",
        f"{BARE * 500}#",
        "http://example.com/" + "a" * 1_000_000,
        "x" * 1_000_000,
    ],
    ids=["uri", "bare", "url", "text"],
)
async def test_of_a_long_text_that_is_no_medium_only_the_beginning_stays_with_the_task(
    store_media: StoreInlineMedia, objects: MemoryObjects, url: str
):
    stored = await run(store_media, url)

    kept = media_of(stored)[0].url
    assert kept[:1000] == url[:1000]
    assert len(kept) < 10_000
    assert objects.contents == {}


async def test_the_address_of_a_page_is_never_read_as_a_medium(
    store_media: StoreInlineMedia, objects: MemoryObjects
):
    generation = make_generation(media=(make_medium(URI, "input.link", kind="link"),))

    stored = await store_media(ACCOUNT, NO_TASK, generation, b"{}")

    assert objects.contents == {}
    assert stored.inputs == ()


async def test_where_the_object_store_takes_nothing_that_is_told(
    store_media: StoreInlineMedia, objects: MemoryObjects
):
    objects.is_down = True

    with pytest.raises(ObjectsUnavailable):
        await run(store_media, URI)
