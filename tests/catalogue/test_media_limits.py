"""Rules on the files that models take: the sample files fit all of them, and bounds are exact."""

import msgspec
import pytest

from catalogue.orders import CATALOGUE, PLACES, Place
from kaiga.domain.generation import MediaInput
from kaiga.domain.media_formats import FORMATS, canonical_format
from kaiga.domain.media_limits import InspectedMedia
from kaiga.domain.media_rules import find_media_fault
from kaiga.domain.media_wordings import FaultStyle

SAMPLES = {
    "image": InspectedMedia(format="png", size_bytes=20_000, width_pixels=768, height_pixels=768),
    "video": InspectedMedia(
        format="mp4", size_bytes=200_000, width_pixels=768, height_pixels=768,
        duration_seconds=3.0, frames_per_second=30.0, codec="h264", has_sound=True,
    ),
    "audio": InspectedMedia(format="wav", size_bytes=500_000, duration_seconds=3.0),
    "document": InspectedMedia(format="txt", size_bytes=100),
}  # fmt: skip
"""What `media:KIND` stands for; docs/catalogue.md promises that it fits every model."""
CUTOUT = msgspec.structs.replace(SAMPLES["image"], has_alpha=True)

LIMITS = CATALOGUE.media_limits
each_limit = pytest.mark.parametrize("name", LIMITS)


def fits(name: str, inspected: InspectedMedia) -> bool:
    fault = find_media_fault(LIMITS[name], inspected, where="input.x", style=FaultStyle.PICTURE)
    return fault is None


@each_limit
def test_formats_are_names_that_files_are_told_apart_by(name: str):
    limits = LIMITS[name]
    kinds = {FORMATS[canonical_format(each)].kind for each in limits.formats}

    assert kinds <= {limits.kind}


@each_limit
def test_a_sample_file_fits(name: str):
    limits = LIMITS[name]
    sample = CUTOUT if limits.alpha == "required" else SAMPLES[limits.kind]

    assert fits(name, sample)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_samples_fit_the_model_whose_requests_ask_for_them(place: Place):
    for request in (place.minimal, *place.full):
        for medium in place.accept(request).media:
            if medium.kind != "link":
                assert _sample_fits(medium)


def _sample_fits(medium: MediaInput) -> bool:
    limits = LIMITS[medium.limits]
    return fits(medium.limits, CUTOUT if limits.alpha == "required" else SAMPLES[medium.kind])


@pytest.mark.parametrize(
    ("name", "width", "height", "expected"),
    [
        ("img_27", 240, 240, True),
        ("img_27", 239, 240, False),
        ("img_27", 8000, 1000, True),
        ("img_27", 8001, 1001, False),
        ("img_27", 2000, 249, False),
        ("img_wan25", 384, 5000, True),
        ("img_wan25", 383, 384, False),
        ("img_imageedit", 511, 512, False),
        ("img_imageedit", 4096, 4096, True),
        ("img_qwen", 10, 10, True),
        ("img_translation", 15, 150, True),
        ("img_translation", 15, 151, False),
        ("img_out_painting", 4097, 4096, False),
        ("img_style_repaint", 5760, 2880, True),
        ("img_style_repaint", 5761, 3000, False),
        ("img_style_repaint", 3241, 3241, False),
        ("img_style_repaint", 255, 256, False),
        ("img_x_painting", 256, 300, False),
        ("img_x_painting", 4096, 300, False),
        ("img_sketch", 2049, 2048, False),
        ("img_tryon", 149, 200, False),
        ("img_vace", 360, 2000, True),
        ("img_vace", 359, 2000, False),
        ("img_animate", 200, 600, True),
        ("img_animate", 200, 601, False),
        ("img_400_7000", 399, 400, False),
        ("img_liveportrait", 4096, 2048, True),
        ("img_liveportrait", 4096, 2047, False),
        ("img_hh_first", 300, 750, True),
        ("img_hh_first", 300, 751, False),
        ("img_hh_ref", 400, 4000, True),
        ("img_hh_ref", 399, 4000, False),
        ("img_vidu", 100, 400, True),
        ("img_vidu", 100, 401, False),
    ],
)
def test_a_picture_is_bounded_by_its_sides_and_its_shape(
    name: str, width: int, height: int, expected: bool
):
    sample = msgspec.structs.replace(SAMPLES["image"], width_pixels=width, height_pixels=height)

    assert fits(name, sample) is expected


@pytest.mark.parametrize(
    ("name", "least_seconds", "most_seconds"),
    [
        ("aud_2_30_15mb", 2, 30),
        ("aud_3_30_15mb", 3, 30),
        ("aud_1_10_15mb", 1, 10),
        ("aud_1_15_15mb", 1, 15),
        ("aud_liveportrait", 1, 180),
        ("aud_videoretalk", 2, 120),
        ("vid_first_clip", 2, 10),
        ("vid_ref_1_30", 1, 30),
        ("vid_ref26_old", 2, 30),
        ("vid_edit27", 2, 10),
        ("vid_wan30", 1, 15),
        ("vid_animate", 2, 30),
        ("vid_videoretalk", 2, 120),
        ("vid_animateanyone", 2, 60),
        ("vid_hh_edit", 3, 60),
    ],
)
def test_a_clip_or_a_sound_is_bounded_by_its_length(
    name: str, least_seconds: float, most_seconds: float
):
    sample = SAMPLES[LIMITS[name].kind]

    def of_length(seconds: float) -> bool:
        return fits(name, msgspec.structs.replace(sample, duration_seconds=seconds))

    assert of_length(least_seconds)
    assert of_length(most_seconds)
    assert not of_length(least_seconds - 0.2)
    assert not of_length(most_seconds + 0.2)


@pytest.mark.parametrize(
    ("name", "megabytes"),
    [
        ("img_27", 20), ("img_wan26", 10), ("img_qwen", 10), ("img_translation", 100),
        ("img_tryon", 5), ("img_animate", 5), ("vid_animate", 200), ("vid_videoretalk", 300),
        ("vid_vace", 50), ("vid_style", 100), ("aud_videoretalk", 30), ("file_wan30", 100),
    ],
)  # fmt: skip
def test_a_file_is_bounded_by_its_bytes(name: str, megabytes: int):
    sample = SAMPLES[LIMITS[name].kind]
    most = megabytes * 1024 * 1024

    assert fits(name, msgspec.structs.replace(sample, size_bytes=most))
    assert not fits(name, msgspec.structs.replace(sample, size_bytes=most + 1))


def test_a_speaking_portraits_sound_is_shorter_than_twenty_seconds():
    def of_length(seconds: float) -> InspectedMedia:
        return msgspec.structs.replace(SAMPLES["audio"], duration_seconds=seconds)

    assert fits("aud_s2v", of_length(19.9))
    assert not fits("aud_s2v", of_length(20.0))


def test_a_clip_too_long_for_vace_is_taken_and_cut():
    long = msgspec.structs.replace(SAMPLES["video"], duration_seconds=60.0)

    assert fits("vid_vace", long)
    assert LIMITS["vid_vace"].used_seconds == 5.0
    assert LIMITS["vid_vace_clip"].used_seconds == 3.0


def test_a_mask_belongs_to_a_member_of_its_model():
    for place in PLACES:
        for field in place.fields.values():
            limits = LIMITS.get(getattr(field, "limits", ""))
            if limits is not None and limits.same_as:
                assert limits.same_as in place.fields, str(place)


def test_an_opaque_alpha_channel_is_no_reason_to_refuse_a_first_frame():
    assert fits("img_27", CUTOUT)
    assert LIMITS["img_27"].alpha == "ignored"


def test_a_background_needs_a_cut_out():
    assert not fits("img_background", SAMPLES["image"])
