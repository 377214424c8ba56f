"""How wide, high and long results are to be."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.catalogue.model import Clip, Endpoint, Following, Model, Output, SizeRule
from kaiga.domain.generation import Generation
from kaiga.domain.measures import InputAtHand, Measures, find_length_fault, measure
from kaiga.domain.media_limits import InspectedMedia

VIDEO_BUDGETS = {"480P": 399_360, "720P": 921_600, "1080P": 2_073_600}
FOLLOWING = SizeRule(budgets=VIDEO_BUDGETS, follows=("first_frame", "first_clip"), multiple=16)
TABLED = SizeRule(
    budgets=VIDEO_BUDGETS,
    table={"720P": {"16:9": "1280*720", "4:3": "1104*832"}},
    follows=("video",),
    multiple=16,
)


def make_model(size: SizeRule = SizeRule(), clip: Clip | None = None) -> Model:  # noqa: B008
    return Model(
        name="m",
        family="f",
        title="t",
        product="video",
        task="text-to-video",
        endpoints=(Endpoint(operation="a/b/c", mode="async"),),
        output=Output(shape="video_url"),
        usage={},
        size=size,
        clip=clip,
    )


def make_input(role: str, **measured: object) -> InputAtHand:
    return InputAtHand(
        role=role,
        media=InspectedMedia(format="mp4", size_bytes=1, **measured),  # type: ignore[arg-type]
    )


def picture(role: str, width: int, height: int) -> InputAtHand:
    return make_input(role, width_pixels=width, height_pixels=height)


def size_of(
    rule: SizeRule,
    options: Mapping[str, object] | None = None,
    inputs: Sequence[InputAtHand] = (),
    asked: tuple[int, int] = (0, 0),
) -> tuple[int, int]:
    generation = Generation(
        seed=1, width_pixels=asked[0], height_pixels=asked[1], options=options or {}
    )
    measures = measure(make_model(rule), generation, inputs)
    return measures.width_pixels, measures.height_pixels


def clip_of(
    clip: Clip,
    options: Mapping[str, object] | None = None,
    inputs: Sequence[InputAtHand] = (),
    duration_seconds: float | None = None,
) -> Measures:
    generation = Generation(seed=1, duration_seconds=duration_seconds, options=options or {})
    return measure(make_model(clip=clip), generation, inputs)


def test_a_size_asked_for_is_the_size():
    assert size_of(FOLLOWING, {}, [picture("first_frame", 10, 10)], (768, 2700)) == (768, 2700)


def test_a_size_asked_for_is_rounded_only_where_the_rule_says_so():
    rule = SizeRule(multiple=16, rounding="nearest", rounds_asked=True)

    assert size_of(rule, asked=(1000, 1007)) == (1008, 1008)
    assert size_of(SizeRule(multiple=16), asked=(1000, 1007)) == (1000, 1007)


@pytest.mark.parametrize(
    ("tier", "given_size", "expected"),
    [
        ("720P", (750, 1000), (816, 1104)),  # documented (contract/video-models.md, 4c)
        ("720P", (1280, 720), (1280, 720)),
        ("1080P", (1920, 1080), (1920, 1072)),
        ("1080P", (1000, 1000), (1440, 1440)),
        ("480P", (832, 480), (832, 480)),
        ("720P", (8000, 1000), (2704, 336)),
    ],
)
def test_a_clip_takes_the_shape_of_its_first_frame_and_the_pixels_of_its_tier(
    tier: str, given_size: tuple[int, int], expected: tuple[int, int]
):
    inputs = [picture("first_frame", *given_size)]

    assert size_of(FOLLOWING, {"resolution": tier}, inputs) == expected


@given(
    width=st.integers(240, 8000),
    height=st.integers(240, 8000),
    tier=st.sampled_from(sorted(VIDEO_BUDGETS)),
)
def test_a_followed_size_keeps_to_its_tier_and_nearly_to_its_shape(
    width: int, height: int, tier: str
):
    found = size_of(FOLLOWING, {"resolution": tier}, [picture("first_frame", width, height)])

    assert found[0] % 16 == found[1] % 16 == 0
    assert found[0] * found[1] <= VIDEO_BUDGETS[tier] + 1
    assert (found[0] + 16) * (found[1] + 16) > VIDEO_BUDGETS[tier]
    assert found[0] / (found[1] + 16) <= width / height <= (found[0] + 16) / found[1]


def test_the_first_role_that_is_there_gives_the_shape():
    clip, frame = picture("first_clip", 1000, 1000), picture("first_frame", 1280, 720)

    assert size_of(FOLLOWING, {"resolution": "720P"}, [clip, frame]) == (1280, 720)
    assert size_of(FOLLOWING, {"resolution": "720P"}, [clip]) == (960, 960)


@pytest.mark.parametrize(("pick", "expected"), [("first", (2048, 1024)), ("last", (1024, 2048))])
def test_of_several_pictures_the_rule_picks_one(pick: str, expected: tuple[int, int]):
    rule = SizeRule(
        default_tier="2K",
        budgets={"2K": 2_097_152},
        follows=("image",),
        pick=pick,  # type: ignore[arg-type]
    )
    pictures = [picture("image", 400, 200), picture("image", 200, 400)]

    assert size_of(rule, {}, pictures) == expected


def test_a_picture_without_measures_gives_no_shape():
    rule = SizeRule(default_tier="1K", default_ratio="1:1", budgets={"1K": 1_048_576},
                    follows=("image",))  # fmt: skip

    assert size_of(rule, {}, [make_input("image")]) == (1024, 1024)


def test_a_ratio_asked_for_is_looked_up_in_the_table():
    assert size_of(TABLED, {"resolution": "720P", "ratio": "4:3"}) == (1104, 832)


def test_a_ratio_that_the_table_lacks_is_made_from_the_tiers_pixels():
    assert size_of(TABLED, {"resolution": "720P", "ratio": "21:9"}) == (1456, 624)
    assert size_of(TABLED, {"resolution": "480P", "ratio": "16:9"}) == (832, 464)


def test_a_ratio_asked_for_beats_the_shape_of_the_input():
    given_clip = [picture("video", 500, 500)]

    assert size_of(TABLED, {"resolution": "720P", "ratio": "16:9"}, given_clip) == (1280, 720)
    assert size_of(TABLED, {"resolution": "720P"}, given_clip) == (960, 960)


@pytest.mark.parametrize("ratio", ["adaptive", "auto", "0:1", "1:0", "16:", "x:y", "99:1", "16x9"])
def test_a_word_that_is_no_shape_asks_for_none(ratio: str):
    options = {"resolution": "720P", "ratio": ratio}

    assert size_of(TABLED, options, [picture("video", 500, 500)]) == (960, 960)
    assert size_of(TABLED, options) == (0, 0)


def test_the_size_of_the_input_itself_is_shrunk_where_it_is_too_large():
    rule = SizeRule(follows=("video",), largest_of_input=921_600, multiple=2)

    assert size_of(rule, {}, [picture("video", 640, 360)]) == (640, 360)
    assert size_of(rule, {}, [picture("video", 1920, 1080)]) == (1280, 720)
    assert size_of(rule, {}, [picture("video", 641, 361)]) == (640, 360)


def test_an_option_may_leave_the_size_to_the_engine():
    rule = SizeRule(
        default_tier="720P",
        default_ratio="16:9",
        table=TABLED.table,
        left_to_engine={"function": ("outpaint",)},
    )

    assert size_of(rule, {"function": "outpaint"}) == (0, 0)
    assert size_of(rule, {"function": "paint"}) == (1280, 720)


def test_without_any_rule_the_engine_follows_its_input():
    assert size_of(SizeRule(), {"ratio": "16:9"}, [picture("image", 640, 360)]) == (0, 0)


@pytest.mark.parametrize(
    ("asked", "tier", "ratio"),
    [
        ((1920, 1080), "1080P", "16:9"),
        ((832, 1088), "720P", "3:4"),
        ((624, 624), "480P", "1:1"),
        ((480, 832), "480P", "9:16"),
        ((1248, 1632), "1080P", "3:4"),
    ],
)
def test_the_tier_and_the_ratio_of_a_size_are_named(asked: tuple[int, int], tier: str, ratio: str):
    generation = Generation(seed=1, width_pixels=asked[0], height_pixels=asked[1])

    measures = measure(make_model(SizeRule(budgets=VIDEO_BUDGETS)), generation, [])

    assert (measures.tier, measures.ratio) == (tier, ratio)


def test_a_tier_asked_for_is_told_as_it_was_asked():
    generation = Generation(seed=1, options={"resolution": "720P", "ratio": "4:3"})

    measures = measure(make_model(TABLED), generation, [])

    assert (measures.tier, measures.ratio) == ("720P", "4:3")


def test_a_length_asked_for_is_the_length():
    assert clip_of(Clip(frames_per_second=30), duration_seconds=7.0).duration_seconds == 7.0


@pytest.mark.parametrize("asked", [None, 0.0, -1.0])
def test_without_a_length_the_models_own_holds(asked: float | None):
    assert clip_of(Clip(frames_per_second=30), duration_seconds=asked).duration_seconds == 5.0


@pytest.mark.parametrize(
    ("asked", "expected"), [(None, 4.04), (0.0, 4.04), (2.0, 2.0), (9.0, 4.04)]
)
def test_an_edited_clip_is_as_long_as_the_one_given_or_a_part_of_it(
    asked: float | None, expected: float
):
    clip = Clip(frames_per_second=30, follows=("video",))
    inputs = [make_input("video", duration_seconds=4.04)]

    assert clip_of(clip, inputs=inputs, duration_seconds=asked).duration_seconds == expected


def test_the_shorter_of_clip_and_sound_gives_the_length_unless_an_option_says_otherwise():
    clip = Clip(
        frames_per_second=0,
        follows=("video", "audio"),
        otherwise=(Following(options={"video_extension": (True,)}, follows=("audio",)),),
    )
    inputs = [make_input("video", duration_seconds=3.0), make_input("audio", duration_seconds=8.0)]

    assert clip_of(clip, {"video_extension": False}, inputs).duration_seconds == 3.0
    assert clip_of(clip, {"video_extension": True}, inputs).duration_seconds == 8.0


def test_an_option_may_have_nothing_followed():
    clip = Clip(
        frames_per_second=30,
        follows=("video",),
        otherwise=(Following(options={"function": ("extend",)}),),
    )
    inputs = [make_input("video", duration_seconds=3.0)]

    assert clip_of(clip, {"function": "extend"}, inputs, 5.0).duration_seconds == 5.0


def test_a_followed_clip_counts_only_as_far_as_it_is_used():
    clip = Clip(frames_per_second=24, follows=("video",), longest_seconds=15.0)

    measures = clip_of(clip, inputs=[make_input("video", duration_seconds=40.0)])

    assert (measures.duration_seconds, measures.input_seconds) == (15.0, 15.0)


def test_the_clips_given_are_counted_together_and_sounds_are_not():
    inputs = [
        make_input("reference_video", duration_seconds=3.0),
        make_input("reference_video", duration_seconds=4.5),
        make_input("audio", duration_seconds=9.0),
    ]

    measures = clip_of(Clip(frames_per_second=30), inputs=inputs)

    assert (measures.input_seconds, measures.input_count) == (7.5, 3)


@pytest.mark.parametrize(
    ("clip", "options", "rate"),
    [
        (Clip(frames_per_second=30), {}, 30),
        (Clip(frames_per_second=24, rate_option="video_fps"), {"video_fps": 18}, 18),
        (Clip(frames_per_second=24, rate_option="video_fps"), {}, 24),
        (Clip(frames_per_second=15, rate_option="mode", rates={"pro": 25.0}), {"mode": "pro"}, 25),
        (Clip(frames_per_second=15, rate_option="mode", rates={"pro": 25.0}), {"mode": "std"}, 15),
        (Clip(frames_per_second=0), {}, 29.97),
    ],
)
def test_the_frame_rate_is_the_models_or_an_options_or_the_inputs(
    clip: Clip, options: Mapping[str, object], rate: float
):
    inputs = [make_input("image"), make_input("video", frames_per_second=29.97)]

    assert clip_of(clip, options, inputs).frames_per_second == rate


LOUD, SILENT = make_input("video", has_sound=True), make_input("video")


@pytest.mark.parametrize(
    ("sound", "options", "inputs", "expected"),
    [
        ("always", {"audio": False}, [], True),
        ("never", {"audio": True}, [LOUD], False),
        ("switch", {}, [], True),
        ("switch", {"audio": True}, [], True),
        ("switch", {"audio": False}, [LOUD], False),
        ("as_input", {}, [LOUD], True),
        ("as_input", {}, [SILENT], False),
        ("as_input", {}, [make_input("audio")], True),
        ("setting", {"audio_setting": "auto"}, [SILENT], True),
        ("setting", {"audio_setting": "origin"}, [LOUD], True),
        ("setting", {"audio_setting": "origin"}, [SILENT], False),
    ],
)
def test_a_clip_has_sound_as_its_model_says(
    sound: str, options: Mapping[str, object], inputs: Sequence[InputAtHand], expected: bool
):
    clip = Clip(frames_per_second=30, sound=sound)  # type: ignore[arg-type]

    assert clip_of(clip, options, inputs).sound is expected


def test_a_picture_has_no_length_and_no_sound():
    measures = measure(make_model(), Generation(seed=1), [])

    assert (measures.duration_seconds, measures.frames_per_second) == (0.0, 0.0)
    assert measures.sound is False


@pytest.mark.parametrize(("given_seconds", "fits"), [(0.0, True), (25.0, True), (25.2, False)])
def test_input_and_output_together_may_be_bounded(given_seconds: float, fits: bool):
    clip = Clip(frames_per_second=30, longest_with_input=30.0)
    measures = Measures(duration_seconds=5.0, input_seconds=given_seconds)

    fault = find_length_fault(clip, measures)

    assert (fault is None) is fits
    if fault is not None:
        assert "at most 30 seconds. Got 30.20." in fault


def test_an_output_alone_is_not_bounded_by_what_holds_for_both():
    clip = Clip(frames_per_second=30, longest_with_input=30.0)

    assert find_length_fault(clip, Measures(duration_seconds=90.0)) is None
    assert find_length_fault(Clip(frames_per_second=30), Measures(input_seconds=90.0)) is None
