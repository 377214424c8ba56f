"""What the options of `generate` become in an order of each model."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.cli.failures import CommandFailed
from kaiga.cli.ordering.composing import compose, compose_unknown, ensure_prompt
from kaiga.cli.ordering.referring import References
from kaiga.cli.ordering.wishes import MediaWish, Wish, read_pairs
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.generation import Generation
from kaiga.domain.media_limits import MediaLimits
from kaiga.domain.validation import OrderRules

CATALOGUE = read_catalogue()
PLACES = [(model, each) for model in CATALOGUE.list_models() for each in model.endpoints]
ENDINGS = {"image": "png", "video": "mp4", "audio": "wav", "document": "txt", "link": "html"}


def name_of(place: Any) -> str:
    return getattr(place, "name", None) or f"{place.operation.split('/')[1]}-{place.mode}"


def endpoint_of(name: str, mode: str = "async") -> tuple[Model, Endpoint]:
    model = CATALOGUE.find_model(name)
    assert model is not None
    return model, next(each for each in model.endpoints if each.mode == mode)


def as_given(source: str, limits: str) -> str:
    del limits
    return source


def order(name: str, mode: str = "async", **wishes: Any) -> Mapping[str, Any]:
    return compose(*endpoint_of(name, mode), Wish(**wishes), as_given)


def images(*sources: str) -> tuple[MediaWish, ...]:
    return tuple(MediaWish(use="image", source=source) for source in sources)


def wishes_of(request: Mapping[str, Any]) -> Wish:
    """What one has to say to get this request: files by their kind, texts, and the rest by name."""
    media: list[MediaWish] = []
    settings: list[tuple[str, str]] = []
    prompt: str | None = None
    for group, members in request.items():
        for name, value in members.items():
            kinds = list(kinds_in(value))
            media += [MediaWish(use=kind, source=f"https://a/b.{end}") for kind, end in kinds]
            if name == "messages":
                prompt = next(each["text"] for each in value[0]["content"] if "text" in each)
            elif name == "prompt":
                prompt = value
            elif not kinds:
                settings.append((f"{group}.{name}", as_text(value)))
    return Wish(prompt=prompt, media=tuple(media), settings=tuple(settings))


def kinds_in(value: Any) -> Iterator[tuple[str, str]]:
    match value:
        case str() if value.startswith("media:"):
            kind, _, variant = value.removeprefix("media:").partition(":")
            yield "mask" if variant == "mask" else kind, ENDINGS[kind]
        case dict():
            for inner in value.values():
                yield from kinds_in(inner)
        case list() | tuple():
            for inner in value:
                yield from kinds_in(inner)
        case _:
            return


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@pytest.mark.parametrize(("model", "endpoint"), PLACES, ids=name_of)
def test_the_least_that_a_model_takes_can_be_ordered_with_files_by_their_kind(
    model: Model, endpoint: Endpoint
):
    wish = wishes_of(model.minimal_request_at(endpoint))

    body = compose(model, endpoint, wish, as_given)

    checked = OrderRules(model, endpoint).check(body["input"], body["parameters"], 1)
    assert isinstance(checked, Generation), checked.message
    assert checked.prompt == (wish.prompt or checked.prompt)
    assert len(checked.media) >= min(1, len(wish.media))


def test_pictures_of_a_message_stand_before_its_text_in_their_order():
    body = order("wan2.6-image", prompt="mix them", media=images("a.png", "b.png"))

    (message,) = body["input"]["messages"]
    assert message["role"] == "user"
    assert message["content"] == [{"image": "a.png"}, {"image": "b.png"}, {"text": "mix them"}]


def test_one_result_is_asked_for_where_a_model_would_make_several():
    assert order("wan2.5-t2i-preview", prompt="a cat")["parameters"] == {"n": 1}
    assert order("wan2.5-t2i-preview", prompt="a cat", count=3)["parameters"] == {"n": 3}
    assert order("wan2.6-i2v", media=images("a.png"))["parameters"] == {}


def test_two_frames_of_a_clip_become_its_first_and_its_last():
    wish = images("a.png", "b.png")

    media = order("wan2.7-i2v", media=wish)["input"]["media"]

    assert media == [
        {"type": "first_frame", "url": "a.png"},
        {"type": "last_frame", "url": "b.png"},
    ]


def test_frames_go_where_they_are_named_for():
    wish = (
        MediaWish(use="last_frame", source="z.png"),
        MediaWish(use="first_frame", source="a.png"),
    )

    given = order("wan2.2-kf2v-flash", media=wish)["input"]

    assert given == {"first_frame_url": "a.png", "last_frame_url": "z.png"}


def test_a_plain_picture_is_a_reference_where_a_model_takes_references():
    media = order("wan2.7-r2v", prompt="Image 1 waves", media=images("a.png"))["input"]["media"]

    assert media == [{"type": "reference_image", "url": "a.png"}]


def test_required_files_are_served_before_optional_ones():
    given = order("aitryon-refiner", media=images("me.png", "shirt.png", "coarse.png"))["input"]

    assert given == {
        "person_image_url": "me.png",
        "top_garment_url": "shirt.png",
        "coarse_image_url": "coarse.png",
    }


@pytest.mark.parametrize(
    ("source", "member"), [("m.png", "mask_image_url"), ("m.mp4", "mask_video_url")]
)
def test_a_mask_is_a_picture_or_a_clip(source: str, member: str):
    wish = (MediaWish(use="video", source="a.mp4"), MediaWish(use="mask", source=source))

    given = order("wanx2.1-vace-plus", prompt="a red car", media=wish)["input"]

    assert given["video_url"] == "a.mp4"
    assert given[member] == source


def test_a_file_goes_to_the_member_that_is_named():
    wish = (MediaWish(use="first_clip", source="a.mp4", is_named=True),)

    media = order("wan2.7-i2v", media=wish)["input"]["media"]

    assert media == [{"type": "first_clip", "url": "a.mp4"}]


def test_settings_go_to_the_group_that_has_them_with_their_own_type():
    settings = (
        ("style_index", "3"),
        ("parameters.extra", "[1, 2]"),
        ("input.note", "5 o'clock"),
    )

    body = order("wanx-style-repaint-v1", media=images("a.png"), settings=settings)

    assert body["input"]["style_index"] == 3
    assert body["parameters"]["extra"] == [1, 2]
    assert body["input"]["note"] == "5 o'clock"


def test_a_text_member_stays_text_though_it_reads_like_a_number():
    body = order("wordart-semantic", prompt="flowers", settings=(("text", "2024"),))

    assert body["input"]["text"] == "2024"


def test_a_member_of_a_member_is_set_by_its_path():
    body = order("wordart-texture", prompt="flowers", settings=(("text.text_content", "春"),))

    assert body["input"]["text"] == {"text_content": "春"}


def test_a_resolution_in_numbers_is_one():
    media = images("me.png", "shirt.png")

    assert order("aitryon", media=media, resolution="1024")["parameters"]["resolution"] == 1024
    assert order("wan2.6-i2v", media=images("a"), resolution="720P")["parameters"] == {
        "resolution": "720P"
    }


@pytest.mark.parametrize(
    ("name", "wishes", "told"),
    [
        ("wan2.6-i2v", {"size": "1*1"}, "wan2.6-i2v has no place for --size"),
        ("aitryon", {"prompt": "a"}, "aitryon has no place for PROMPT"),
        ("wan2.5-t2i-preview", {"media": images("a.png")}, "no place for --image a.png"),
        ("wan2.6-i2v", {"media": images("a.png", "b.png")}, "no place for --image b.png"),
        (
            "wan2.6-i2v",
            {"media": (MediaWish(use="tail", source="a.png", is_named=True),)},
            "no place for --input tail=a.png",
        ),
    ],
)
def test_what_a_model_does_not_take_is_told_with_what_it_takes(
    name: str, wishes: Mapping[str, Any], told: str
):
    with pytest.raises(CommandFailed, match=told) as refusal:
        order(name, **wishes)

    assert f"kaiga models {name}" in str(refusal.value)
    assert refusal.value.exit_status == 2


@pytest.mark.parametrize("mode", ["async", "sync"])
def test_a_model_that_needs_a_prompt_says_so_before_anything_is_sent(mode: str):
    place = endpoint_of("qwen-image", mode)

    with pytest.raises(CommandFailed, match="qwen-image needs a PROMPT"):
        ensure_prompt(*place, Wish())


def test_a_prompt_may_be_left_out_or_set_by_its_name():
    ensure_prompt(*endpoint_of("wan2.6-i2v"), Wish())
    ensure_prompt(*endpoint_of("wan2.5-t2i-preview"), Wish(settings=(("prompt", "a cat"),)))


def test_an_unknown_model_is_ordered_under_the_usual_names():
    wish = Wish(
        prompt="a cat",
        count=2,
        seed=7,
        media=(MediaWish(use="image_url", source="a.png", is_named=True),),
        settings=(("input.function", "expand"), ("top_scale", "1.5")),
    )

    body = compose_unknown("ours", wish, as_given)

    assert body["input"] == {"prompt": "a cat", "image_url": "a.png", "function": "expand"}
    assert body["parameters"] == {"n": 2, "seed": 7, "top_scale": 1.5}


def test_an_unknown_models_file_needs_the_name_of_its_member():
    with pytest.raises(CommandFailed, match="--input image_url=FILE"):
        compose_unknown("ours", Wish(media=images("a.png")), as_given)


def test_a_pair_without_its_sign_is_refused():
    with pytest.raises(CommandFailed, match="--set 'n' is not NAME=VALUE"):
        read_pairs("--set", ["n"])


LIMITS = {
    "anyhow": MediaLimits(kind="image"),
    "addressed": MediaLimits(kind="image", references=("http", "https", "oss")),
}
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def no_upload(file: Path) -> str:
    raise AssertionError(file)


def test_a_small_file_stands_in_the_order_itself(tmp_path: Path):
    (tmp_path / "a.png").write_bytes(PNG)
    references = References(LIMITS, no_upload)

    given = references.give(str(tmp_path / "a.png"), "anyhow")

    assert given == "data:image/png;base64," + base64.b64encode(PNG).decode()
    assert not references.resolves_uploads


@pytest.mark.parametrize(
    ("limits", "content"),
    [("addressed", PNG), ("anyhow", PNG + bytes(1024 * 1024)), ("anyhow", b"what is this")],
)
def test_a_file_that_may_not_or_should_not_is_uploaded(tmp_path: Path, limits: str, content: bytes):
    (tmp_path / "a.png").write_bytes(content)
    references = References(LIMITS, lambda file: f"oss://dir/{file.name}")

    given = references.give(str(tmp_path / "a.png"), limits)

    assert given == "oss://dir/a.png"
    assert references.resolves_uploads


@pytest.mark.parametrize("source", ["https://a/b.png", "oss://a/b.png", "data:image/png;base64,A"])
def test_an_address_is_passed_on(source: str):
    references = References(LIMITS, no_upload)

    assert references.give(source, "anyhow") == source
    assert references.resolves_uploads == source.startswith("oss:")


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(CommandFailed, match="There is no file nowhere"):
        References(LIMITS, no_upload).give("nowhere.png", "anyhow")
