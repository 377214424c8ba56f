"""A media input is judged exactly at its bounds, and told which field it is and what is allowed."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.media_faults import FaultStyle, MediaFault
from kaiga.domain.media_formats import MediaKind
from kaiga.domain.media_inputs import InlineMedia, RemoteUrl, UploadedObject, read_media_reference
from kaiga.domain.media_rules import (
    DURATION_TOLERANCE_SECONDS,
    FRAME_RATE_TOLERANCE,
    InspectedMedia,
    MediaLimits,
    find_likeness_fault,
    find_media_fault,
    find_reference_fault,
    find_total_fault,
)

PICTURE = InspectedMedia(format="png", size_bytes=1000, width_pixels=400, height_pixels=300)
CLIP = InspectedMedia(
    format="mp4",
    size_bytes=10_000,
    width_pixels=1280,
    height_pixels=720,
    duration_seconds=5.0,
    frames_per_second=25.0,
    codec="h264",
)
SOUND = InspectedMedia(
    format="mp3", size_bytes=5000, duration_seconds=5.0, codec="mp3", has_sound=True
)
DOCUMENT = InspectedMedia(format="pdf", size_bytes=5000, pages=3)

WAN = MediaLimits(
    kind=MediaKind.IMAGE,
    formats=("jpeg", "jpg", "png", "bmp", "webp"),
    alpha="refused",
    max_bytes=20 * 1024 * 1024,
    min_side=240,
    max_side=8000,
    min_ratio=(1, 8),
    max_ratio=(8, 1),
)


def changed(media: InspectedMedia, **measures: Any) -> InspectedMedia:
    return msgspec.structs.replace(media, **measures)


def find(
    limits: MediaLimits, media: InspectedMedia, style: FaultStyle = FaultStyle.PICTURE
) -> MediaFault | None:
    return find_media_fault(limits, media, where="input.img_url", style=style)


def test_a_file_within_every_limit_has_no_fault():
    assert find(WAN, PICTURE) is None
    assert find(MediaLimits(kind=MediaKind.VIDEO), CLIP) is None


@pytest.mark.parametrize(
    ("media", "message"),
    [
        (
            changed(PICTURE, format="gif"),
            (
                "Input files format not supported. input.img_url: its content is GIF; "
                "allowed: JPEG, JPG, PNG, BMP, WEBP."
            ),
        ),
        (
            changed(PICTURE, has_alpha=True),
            "image format error. input.img_url: it has an alpha channel, and must have none.",
        ),
        (
            changed(PICTURE, size_bytes=20971521),
            (
                "the size of input image is too small or too large. input.img_url: "
                "it has 20971521 bytes; allowed: at most 20971520."
            ),
        ),
        (
            changed(PICTURE, height_pixels=239),
            (
                "the size of input image is too small or too large. input.img_url: "
                "it is 400*239 pixels; each side must be from 240 to 8000."
            ),
        ),
        (
            changed(PICTURE, width_pixels=2401),
            (
                "the size of input image is too small or too large. input.img_url: "
                "it is 2401*300 pixels; width to height must be from 1:8 to 8:1."
            ),
        ),
    ],
)
def test_a_fault_names_its_field_what_was_found_and_what_is_allowed(
    media: InspectedMedia, message: str
):
    assert find(WAN, media) == MediaFault(code="InvalidParameter", message=message)


@pytest.mark.parametrize(
    ("limits", "media", "detail"),
    [
        ({"min_bytes": 5120}, PICTURE, "it has 1000 bytes; allowed: at least 5120"),
        ({"max_side": 399}, PICTURE, "each side must be at most 399"),
        ({"min_short_side": 360}, PICTURE, "its shorter side must be at least 360"),
        ({"max_short_side": 299}, PICTURE, "its shorter side must be at most 299"),
        ({"max_long_side": 399}, PICTURE, "its longer side must be at most 399"),
        ({"max_ratio": (1, 2.5)}, PICTURE, "width to height must be at most 1:2.5"),
        ({"max_long_short_ratio": 1.3}, PICTURE, "its longer side must be at most 1.3 times"),
        ({"alpha": "required"}, PICTURE, "it has no alpha channel, and needs one"),
        ({"min_seconds": 6}, CLIP, "it lasts 5 s; allowed: at least 6"),
        ({"min_seconds": 1, "max_seconds": 3.5}, CLIP, "it lasts 5 s; allowed: from 1 to 3.5"),
        ({"below_seconds": 5}, SOUND, "it lasts 5 s; it must be shorter than 5 s"),
        ({"min_frames_per_second": 26}, CLIP, "it has 25 frames per second; allowed: at least 26"),
        ({"above_frames_per_second": 25}, CLIP, "it has 25 frames per second; more than 25 are"),
        ({"codecs": ("h265", "vp9")}, CLIP, "it is coded as h264; allowed: h265, vp9"),
        ({"max_pages": 2}, DOCUMENT, "it has 3 pages; allowed: at most 2"),
        ({"kind": MediaKind.AUDIO}, CLIP, "it is a clip, and a sound is needed"),
    ],
)
def test_every_limit_has_its_words(limits: dict[str, Any], media: InspectedMedia, detail: str):
    fault = find(msgspec.convert({"kind": media.kind, **limits}, MediaLimits), media)

    assert fault is not None
    assert detail in fault.message


def test_the_first_broken_limit_is_told_format_before_bytes_before_sides():
    limits = MediaLimits(kind=MediaKind.IMAGE, formats=("jpg",), max_bytes=10, max_side=10)

    faults = [find(limits, media) for media in (PICTURE, changed(PICTURE, format="jpeg"))]

    assert [fault and fault.message.partition("; ")[0] for fault in faults] == [
        "Input files format not supported. input.img_url: its content is PNG",
        "the size of input image is too small or too large. input.img_url: it has 1000 bytes",
    ]


@pytest.mark.parametrize(("limit", "format_"), [("jpg", "jpeg"), ("ppm", "pnm"), ("HEIF", "heic")])
def test_a_format_counts_under_each_of_its_names(limit: str, format_: str):
    assert (
        find(MediaLimits(kind=MediaKind.IMAGE, formats=(limit,)), changed(PICTURE, format=format_))
        is None
    )


def test_an_ignored_alpha_channel_is_no_fault():
    limits = MediaLimits(kind=MediaKind.IMAGE, alpha="ignored")

    assert find(limits, changed(PICTURE, has_alpha=True)) is None


def test_a_clip_of_which_only_the_beginning_is_used_may_be_longer():
    limits = MediaLimits(kind=MediaKind.VIDEO, used_seconds=3)

    assert find(limits, CLIP) is None


BOUND = st.integers(min_value=1, max_value=10_000)


@given(bound=BOUND, other=BOUND)
def test_a_side_on_its_bound_passes_and_one_pixel_past_it_does_not(bound: int, other: int):
    low, high = sorted((bound, bound + other))
    limits = MediaLimits(kind=MediaKind.IMAGE, min_side=low, max_side=high)

    assert find(limits, changed(PICTURE, width_pixels=low, height_pixels=high)) is None
    assert find(limits, changed(PICTURE, width_pixels=low - 1, height_pixels=high)) is not None
    assert find(limits, changed(PICTURE, width_pixels=low, height_pixels=high + 1)) is not None


@given(bound=BOUND)
def test_short_and_long_sides_are_judged_whichever_way_round(bound: int):
    limits = MediaLimits(kind=MediaKind.IMAGE, min_short_side=bound, max_long_side=3 * bound)
    turned: list[Callable[[int, int], InspectedMedia]] = [
        lambda short, long: changed(PICTURE, width_pixels=short, height_pixels=long),
        lambda short, long: changed(PICTURE, width_pixels=long, height_pixels=short),
    ]

    for turn in turned:
        assert find(limits, turn(bound, 3 * bound)) is None
        assert find(limits, turn(bound - 1, 3 * bound)) is not None
        assert find(limits, turn(bound, 3 * bound + 1)) is not None


@given(bound=BOUND, more=BOUND)
def test_bytes_on_their_bounds_pass_and_one_past_them_does_not(bound: int, more: int):
    limits = MediaLimits(kind=MediaKind.IMAGE, min_bytes=bound, max_bytes=bound + more)

    assert find(limits, changed(PICTURE, size_bytes=bound)) is None
    assert find(limits, changed(PICTURE, size_bytes=bound + more)) is None
    assert find(limits, changed(PICTURE, size_bytes=bound - 1)) is not None
    assert find(limits, changed(PICTURE, size_bytes=bound + more + 1)) is not None


TENTHS = st.integers(min_value=1, max_value=100).map(lambda tenths: tenths / 10)


@given(part=TENTHS, scale=st.integers(min_value=1, max_value=500))
def test_a_shape_on_its_bound_passes_and_one_pixel_past_it_does_not(part: float, scale: int):
    narrow, short = round(part * 10) * scale, 10 * scale
    limits = MediaLimits(kind=MediaKind.IMAGE, min_ratio=(part, 1), max_ratio=(part, 1))

    assert find(limits, changed(PICTURE, width_pixels=narrow, height_pixels=short)) is None
    assert find(limits, changed(PICTURE, width_pixels=narrow + 1, height_pixels=short)) is not None
    assert find(limits, changed(PICTURE, width_pixels=narrow, height_pixels=short + 1)) is not None


@given(times=TENTHS.filter(lambda number: number >= 1), scale=st.integers(1, 500))
def test_the_longer_side_may_be_exactly_as_many_times_the_shorter(times: float, scale: int):
    long, short = round(times * 10) * scale, 10 * scale
    limits = MediaLimits(kind=MediaKind.VIDEO, max_long_short_ratio=times)

    assert find(limits, changed(CLIP, width_pixels=long, height_pixels=short)) is None
    assert find(limits, changed(CLIP, width_pixels=short, height_pixels=long)) is None
    assert find(limits, changed(CLIP, width_pixels=short, height_pixels=long + 1)) is not None


@given(low=st.integers(1, 100), more=st.integers(0, 100))
def test_a_length_passes_up_to_the_tolerance_and_not_past_it(low: int, more: int):
    limits = MediaLimits(kind=MediaKind.AUDIO, min_seconds=low, max_seconds=low + more)
    slack = DURATION_TOLERANCE_SECONDS

    for seconds in (low, low + more, low - slack * 0.9, low + more + slack * 0.9):
        assert find(limits, changed(SOUND, duration_seconds=seconds)) is None
    for seconds in (low - slack * 1.1, low + more + slack * 1.1):
        assert find(limits, changed(SOUND, duration_seconds=seconds)) is not None


@given(low=st.integers(1, 100), more=st.integers(0, 100))
def test_a_frame_rate_passes_up_to_the_tolerance_and_not_past_it(low: int, more: int):
    limits = MediaLimits(
        kind=MediaKind.VIDEO, min_frames_per_second=low, max_frames_per_second=low + more
    )
    slack = FRAME_RATE_TOLERANCE

    for rate in (low, low + more, low - slack * 0.9, low + more + slack * 0.9):
        assert find(limits, changed(CLIP, frames_per_second=rate)) is None
    for rate in (low - slack * 1.1, low + more + slack * 1.1):
        assert find(limits, changed(CLIP, frames_per_second=rate)) is not None


@given(bound=st.integers(1, 100))
def test_an_exclusive_bound_is_outside(bound: int):
    shorter = MediaLimits(kind=MediaKind.VIDEO, below_seconds=bound)
    faster = MediaLimits(kind=MediaKind.VIDEO, above_frames_per_second=bound)

    assert find(shorter, changed(CLIP, duration_seconds=bound)) is not None
    assert find(shorter, changed(CLIP, duration_seconds=bound - 0.001)) is None
    assert find(faster, changed(CLIP, frames_per_second=bound)) is not None
    assert find(faster, changed(CLIP, frames_per_second=bound + 0.001)) is None


def find_reference(limits: MediaLimits, text: str) -> MediaFault | None:
    reference = read_media_reference(text, limits.kind)
    return find_reference_fault(
        limits, reference, where="input.media[1].url", style=FaultStyle.VIDEO
    )


def test_junk_has_the_text_of_the_contract_and_its_field():
    fault = find_reference(WAN, "cat.png")

    assert fault == MediaFault(
        code="InvalidParameter",
        message="The provided URL does not appear to be valid. Ensure it is correctly formatted. "
        "input.media[1].url: it is no http://, https:// or oss:// address, no data: URI and "
        "no Base64.",
    )


def test_a_form_that_the_field_does_not_take_is_refused_with_those_that_it_does():
    limits = MediaLimits(kind=MediaKind.VIDEO, references=("http", "https", "oss"))

    fault = find_reference(limits, "data:video/mp4;base64,AAAA")

    assert fault is not None
    assert fault.message.endswith(
        "input.media[1].url: Base64 is not taken here; allowed: http://, https://, oss://."
    )


def test_references_of_the_forms_that_a_field_takes_have_no_fault():
    limits = MediaLimits(kind=MediaKind.IMAGE)
    forms = [
        RemoteUrl(url="https://example.com/a"),
        UploadedObject(key="a"),
        InlineMedia(text="AAAA", start=0),
    ]

    assert [
        find_reference_fault(limits, form, where="input.img_url", style=FaultStyle.PICTURE)
        for form in forms
    ] == [None, None, None]


def test_raw_characters_in_a_url_are_refused_only_where_the_field_says_so():
    url = "https://example.com/猫.png"
    strict = MediaLimits(kind=MediaKind.IMAGE, refuses_raw_characters=True)

    assert find_reference(MediaLimits(kind=MediaKind.IMAGE), url) is None
    fault = find_reference(strict, url)
    assert fault is not None
    assert "must be percent-encoded" in fault.message


@given(size_bytes=st.integers(min_value=1, max_value=300))
def test_base64_is_refused_unread_only_where_it_must_be_too_long(size_bytes: int):
    text = "data:image/png;base64," + "A" * (-(-size_bytes // 3) * 4)
    exact = MediaLimits(kind=MediaKind.IMAGE, max_bytes=size_bytes)
    less = MediaLimits(kind=MediaKind.IMAGE, max_bytes=max(size_bytes - 6, 0))

    assert find_reference(exact, text) is None
    if size_bytes > 6:
        assert find_reference(less, text) is not None


def test_inputs_of_a_field_are_judged_together():
    limits = MediaLimits(kind=MediaKind.VIDEO, max_total_bytes=30_000, max_total_seconds=15)

    def total(count: int, **measures: float) -> MediaFault | None:
        group = [changed(CLIP, **measures)] * count
        return find_total_fault(limits, group, where="input.media", style=FaultStyle.VIDEO)

    assert total(3) is None
    too_large, too_long = total(4), total(2, duration_seconds=8.0)
    assert too_large is not None
    assert too_long is not None
    assert (
        "input.media: together they have 40000 bytes; allowed: at most 30000" in too_large.message
    )
    assert "input.media: together they last 16 s; allowed: at most 15" in too_long.message


@pytest.mark.parametrize(
    ("mask", "difference"),
    [
        (
            changed(PICTURE, width_pixels=300),
            "it has 300*300 pixels, and input.a has 400*300 pixels",
        ),
        (changed(CLIP, format="mov"), "it has the format MOV, and input.a has MP4"),
        (changed(CLIP, frames_per_second=30.0), "it has 30 frames per second, and input.a has 25"),
        (changed(CLIP, duration_seconds=4.0), "it has 4 seconds, and input.a has 5"),
    ],
)
def test_a_mask_that_is_unlike_its_input_is_told_where(mask: InspectedMedia, difference: str):
    original = PICTURE if mask.kind is MediaKind.IMAGE else CLIP

    fault = find_likeness_fault(
        mask, original, where="input.m", other_where="input.a", style=FaultStyle.PICTURE
    )

    assert fault == MediaFault(
        code="InvalidParameter", message=f"The size is not match. input.m: {difference}."
    )


@pytest.mark.parametrize(
    ("mask", "original"),
    [
        (changed(PICTURE, format="bmp"), PICTURE),
        (CLIP, CLIP),
        (PICTURE, changed(CLIP, width_pixels=400, height_pixels=300)),
    ],
)
def test_a_mask_like_its_input_has_no_fault(mask: InspectedMedia, original: InspectedMedia):
    assert (
        find_likeness_fault(
            mask, original, where="input.m", other_where="input.a", style=FaultStyle.PICTURE
        )
        is None
    )


def test_limits_are_read_from_the_catalogues_data_and_misspelt_ones_are_refused():
    data = {
        "kind": "video",
        "formats": ["mp4", "mov"],
        "references": ["http", "https"],
        "max_bytes": 104857600,
        "min_seconds": 3,
        "max_seconds": 60,
        "used_seconds": 15,
        "max_long_side": 4096,
        "min_short_side": 360,
        "min_ratio": [1, 2.5],
        "max_ratio": [2.5, 1],
        "above_frames_per_second": 8,
    }

    limits = msgspec.convert(data, MediaLimits)

    assert limits.max_ratio == (2.5, 1)
    assert find(limits, CLIP, FaultStyle.VIDEO) is None
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**data, "max_sides": 1}, MediaLimits)
