"""Every rule between members: an order that keeps it, one that breaks it, and the words for that.

The orders that keep the rules are the catalogue's own requests (test_every_model.py). The table
below breaks them one by one; the last tests see that no rule of any model is left out.
"""

from collections.abc import Iterator

import msgspec
import pytest

from catalogue.orders import ABSENT, PLACES, Place, Request, change, fill, find_model, read
from kaiga.domain.catalogue.rules import OrderRule
from kaiga.domain.validation import Faults, OrderRules

IMAGE, VIDEO = fill("media:image"), fill("media:video")


def media(*types: str) -> list[object]:
    return [{"type": name, "url": f"https://example.org/{name}"} for name in types]


def message(*images: str, text: str = "a cat") -> list[object]:
    content = [{"image": image} for image in images]
    return [{"role": "user", "content": [*content, {"text": text}]}]


class Broken(msgspec.Struct, frozen=True):
    """An order of some models: a request of the catalogue (the least, or a full one), changed."""

    models: tuple[str, ...]
    changes: dict[str, object]
    told: str
    request: int = -1
    """Which full request; -1 is the least."""
    operation: str = ""
    """Where the rule holds; empty for everywhere."""


VACE = ("wanx2.1-vace-plus",)
WAN_30 = ("wan3.0-video", "wan3.0-video-prime")
WAN_27_IMAGE = ("wan2.7-image-pro", "wan2.7-image")
QWEN_3 = ("qwen-image-3.0-pro", "qwen-image-3.0")
R2V_26 = ("wan2.6-r2v", "wan2.6-r2v-flash")
MUTUALLY_EXCLUSIVE = (
    "The two modes are mutually exclusive. Do not pass reference_xx and first_frame/last_frame "
    "at the same time."
)
BOXES = "input.messages.image and parameters.bbox_list must be the same length."

TABLE = [
    # wan2.7-image
    Broken(WAN_27_IMAGE, {"parameters.n": 13}, "Range of n should be [1, 12]: parameters.n", 2),
    Broken(WAN_27_IMAGE, {"parameters.n": 5}, "Range of n should be [1, 4]: parameters.n", 0),
    Broken(
        ("wan2.7-image",),
        {"parameters.enable_sequential": True},
        "Not supported here: parameters.color_palette",
        0,
    ),
    Broken(
        ("wan2.7-image-pro",),
        {"parameters.enable_sequential": True, "parameters.size": "1K"},
        "Not supported here: parameters.color_palette",
        0,
    ),
    Broken(
        ("wan2.7-image-pro",),
        {"parameters.size": "4K"},
        "Size 4K is not supported for t2i scenario. Maximum supported size is 2K",
        2,
    ),
    Broken(
        ("wan2.7-image-pro",),
        {"parameters.size": "2048*2049"},
        "Total pixels (4196352) must be between 589824 and 4194304",
        2,
    ),
    Broken(
        ("wan2.7-image-pro",),
        {"parameters.size": "4K"},
        "Size 4K is not supported for i2i scenario. Maximum supported size is 2K",
        1,
    ),
    Broken(
        WAN_27_IMAGE,
        {"parameters.size": "2048*2049"},
        "Total pixels (4196352) must be between 589824 and 4194304",
        1,
    ),
    Broken(
        ("wan2.7-image",),
        {"parameters.size": "2048*2049"},
        "Total pixels (4196352) must be between 589824 and 4194304",
    ),
    Broken(WAN_27_IMAGE, {"parameters.bbox_list": [[]]}, BOXES, 1),
    Broken(WAN_27_IMAGE, {"parameters.bbox_list": [[], [], []]}, BOXES, 1),
    # wan2.6-image
    Broken(
        ("wan2.6-image",),
        {"input.messages": message()},
        "When 'enable_interleave' is False, the last message must contain 1 to 4 images. "
        "Got 0 images.",
    ),
    Broken(
        ("wan2.6-image",),
        {"input.messages": message(*[IMAGE] * 5)},
        "When 'enable_interleave' is False, the last message must contain 1 to 4 images. "
        "Got 5 images.",
    ),
    Broken(
        ("wan2.6-image",),
        {"input.messages": message(IMAGE, IMAGE)},
        "When 'enable_interleave' is True, the last message must contain 0 to 1 images. "
        "Got 2 images.",
        1,
    ),
    Broken(("wan2.6-image",), {"parameters.n": 2}, "Range of n should be [1, 1]: parameters.n", 1),
    Broken(
        ("wan2.6-image",),
        {"parameters.size": "1280*1281"},
        "Total pixels (1639680) must be between 589824 and 1638400.",
        1,
    ),
    Broken(
        ("wan2.6-image",),
        {"parameters.size": "2K"},
        "Size 2K is not supported for t2i scenario. Maximum supported size is 1K",
        1,
    ),
    Broken(
        ("wan2.6-image",),
        {"parameters.stream": ABSENT},
        "currently stream=False is not supported",
        1,
        "aigc/multimodal-generation/generation",
    ),
    # wanx2.1-imageedit
    Broken(
        ("wanx2.1-imageedit",),
        {"input.function": "description_edit_with_mask"},
        "Field required: input.mask_image_url",
    ),
    # qwen
    Broken(
        QWEN_3,
        {"parameters.size": "2048*2049"},
        "Image area must be between 262144 (512x512) and 4194304 (2048x2048) pixels.",
        1,
    ),
    Broken(
        QWEN_3,
        {"parameters.prompt_extend": True, "parameters.prompt_extend_mode": "agent"},
        "Input should be 'direct': parameters.prompt_extend_mode",
        1,
    ),
    Broken(
        ("qwen-mt-image",),
        {"input.source_lang": "ja", "input.target_lang": "th"},
        "One of source_lang and target_lang must be Chinese or English: input.target_lang",
    ),
    # tools
    Broken(
        ("wanx-background-generation-v2",),
        {"input.ref_prompt": ABSENT},
        "Field required: input.ref_image_url",
    ),
    Broken(
        ("wanx-style-repaint-v1",),
        {"input.style_index": -1},
        "Field required: input.style_ref_url",
    ),
    Broken(("wordart-texture",), {"input.text": ABSENT}, "Field required: input.text"),
    Broken(
        ("wordart-texture",),
        {"input.image": {"image_url": IMAGE}},
        "Not supported here: input.text",
    ),
    Broken(
        ("aitryon", "aitryon-plus"),
        {"input.top_garment_url": ABSENT},
        "Field required: input.top_garment_url",
    ),
    # image to video
    Broken(("wan2.7-i2v",), {"input.media": ABSENT}, "Field required: input.media"),
    *(
        Broken(
            ("wan2.7-i2v",),
            {"input.media": media(*types)},
            f"These types can't be given together: {', '.join(sorted(types))}: input.media",
        )
        for types in (
            ("last_frame",),
            ("driving_audio",),
            ("first_clip", "driving_audio"),
            ("first_clip", "first_frame"),
            ("last_frame", "driving_audio"),
        )
    ),
    # reference to video
    Broken(
        ("wan2.7-r2v",),
        {"input.media": media("first_frame")},
        "Only first frame provided is not allowed",
    ),
    Broken(
        ("wan2.7-r2v",),
        {"input.media": media(*["reference_image"] * 3, *["reference_video"] * 3)},
        "input.media.reference_image and input.media.reference_video must contain 1 to 5 items "
        "together. Got 6.",
    ),
    Broken(
        ("wan2.7-r2v",),
        {"input.media": media("reference_video"), "parameters.duration": 11},
        "Duration should be between 2 and 10",
    ),
    Broken(("wan2.7-r2v",), {"parameters.duration": 16}, "Duration should be between 2 and 15"),
    Broken(R2V_26, {"input.reference_urls": ABSENT}, "Field required: input.reference_urls"),
    # wan3.0
    Broken(WAN_30, {"input.prompt": ABSENT}, "Field required: input.prompt"),
    *(
        Broken(WAN_30, {"input.media": media(frame, other)}, MUTUALLY_EXCLUSIVE)
        for frame in ("first_frame", "last_frame")
        for other in ("reference_image", "reference_video", "reference_audio", "file", "link")
    ),
    Broken(
        WAN_30,
        {"input.media": media("file", "link")},
        "Not supported here: input.media.link",
    ),
    Broken(
        WAN_30,
        {"input.media": media("link"), "parameters.prompt_extend": False},
        "Input should be True: parameters.prompt_extend",
    ),
    # VACE
    Broken(VACE, {"input.ref_images_url": ABSENT}, "Field required: input.ref_images_url"),
    Broken(
        VACE,
        {"parameters.obj_or_bg": ["obj"]},
        "ref_images_url and obj_or_bg must be the same length.",
        0,
    ),
    Broken(
        VACE,
        {"parameters.obj_or_bg": ABSENT},
        "ref_images_url and obj_or_bg must be the same length.",
        0,
    ),
    Broken(VACE, {"input.video_url": ABSENT}, "Field required: input.video_url", 1),
    Broken(
        VACE,
        {"parameters.control_condition": ABSENT},
        "Field required: parameters.control_condition",
        1,
    ),
    Broken(
        VACE,
        {"input.ref_images_url": [IMAGE, IMAGE]},
        "input.ref_images_url must contain 0 to 1 items together. Got 2.",
        1,
    ),
    Broken(VACE, {"input.video_url": ABSENT}, "Field required: input.video_url", 2),
    Broken(VACE, {"input.mask_image_url": ABSENT}, "Field required: input.mask_image_url", 2),
    Broken(
        VACE,
        {"parameters.control_condition": "scribble"},
        "Input should be 'posebodyface' or 'depth': parameters.control_condition",
        2,
    ),
    Broken(
        VACE,
        {"input.ref_images_url": [IMAGE, IMAGE]},
        "input.ref_images_url must contain 0 to 1 items together. Got 2.",
        2,
    ),
    Broken(VACE, {"input.mask_video_url": VIDEO}, "Not supported here: input.mask_video_url", 2),
    Broken(
        VACE,
        {"input.first_frame_url": ABSENT, "input.last_frame_url": ABSENT},
        "Field required: input.first_frame_url",
        4,
    ),
    Broken(
        VACE,
        {"parameters.control_condition": "posebody"},
        "Input should be 'posebodyface' or 'depth': parameters.control_condition",
        5,
    ),
    Broken(
        VACE,
        {"parameters.control_condition": ABSENT},
        "Field required: parameters.control_condition",
        5,
    ),
    Broken(VACE, {"input.video_url": ABSENT}, "Field required: input.video_url", 6),
]


def cases() -> Iterator[tuple[Place, Broken]]:
    for broken in TABLE:
        for name in broken.models:
            for place in PLACES:
                if place.model is find_model(name) and broken.operation in (
                    "",
                    place.endpoint.operation,
                ):
                    yield place, broken


def make_request(place: Place, broken: Broken) -> Request:
    request = place.minimal if broken.request < 0 else place.full[broken.request]
    for path, value in broken.changes.items():
        request = change(request, path, value)
    return request


CASES = list(cases())


@pytest.mark.parametrize(
    ("place", "broken"), CASES, ids=[f"{place}-{broken.told[:40]}" for place, broken in CASES]
)
def test_a_broken_rule_is_told_and_nothing_else_is(place: Place, broken: Broken):
    assert place.refuse(make_request(place, broken)) == (broken.told,)


def _can_be_broken(rule: OrderRule) -> bool:
    return bool(
        rule.requires or rule.requires_one_of or rule.forbids or rule.values or rule.bounds
        or rule.max_pixels or rule.tiers or rule.total or rule.same_length or rule.media_sets
    )  # fmt: skip


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_the_table_breaks_every_rule(place: Place):
    """A rule alone, without the others of its model, must refuse one of the orders."""
    requests = [make_request(place, broken) for at, broken in CASES if at == place]
    for rule in place.model.rules_at(place.endpoint):
        if not _can_be_broken(rule):
            continue
        endpoint = msgspec.structs.replace(place.endpoint, rules=())
        alone = msgspec.structs.replace(place.model, rules=(rule,), endpoints=(endpoint,))
        checks = OrderRules(alone, endpoint)

        assert any(
            isinstance(checks.check(each.get("input"), each.get("parameters"), 0), Faults)
            for each in requests
        ), rule


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_an_ignored_member_reaches_no_engine(place: Place):
    """Each member that a rule ignores changes nothing about some order of its model."""
    for rule in place.model.rules_at(place.endpoint):
        for path in rule.ignores:
            value = next(value for each in place.full if (value := read(each, path)) is not None)

            assert any(
                place.check(change(request, path, value))
                == place.check(change(request, path, ABSENT))
                for request in (place.minimal, *place.full)
            ), path
