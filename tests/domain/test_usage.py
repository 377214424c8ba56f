"""What an answer's `usage` tells, member by member."""

from collections.abc import Mapping

import pytest

from kaiga.domain.catalogue.model import Endpoint, Model, Output
from kaiga.domain.generation import Generation
from kaiga.domain.measures import Measures
from kaiga.domain.usage import Made, count_files, is_usage_source, make_usage

MADE = Made(count=2, width_pixels=1280, height_pixels=720, duration_seconds=5.007)


def make_model(usage: Mapping[str, str], *endpoints: Endpoint) -> Model:
    return Model(
        name="m",
        family="f",
        title="t",
        product="video",
        task="text-to-video",
        endpoints=endpoints or (Endpoint(operation="a/b/c", mode="async"),),
        output=Output(shape="video_url"),
        usage=usage,
    )


def tell(
    source: str,
    measures: Measures = Measures(),  # noqa: B008
    made: Made = MADE,
    **order: object,
) -> object:
    generation = Generation(seed=1, **order)  # type: ignore[arg-type]
    return make_usage(make_model({"x": source}), generation, measures, made).get("x")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("count", 2),
        ("one", 1),
        ("zero", 0),
        ("width", 1280),
        ("height", 720),
        ("size", "1280*720"),
        ("=standard", "standard"),
        ("=", ""),
    ],
)
def test_what_was_made_is_told(source: str, told: object):
    assert tell(source) == told


def test_a_length_is_told_as_it_was_asked_for():
    assert tell("seconds", Measures(duration_seconds=5.0)) == 5
    assert tell("seconds", Measures(duration_seconds=4.04)) == 4.04


def test_a_length_that_nobody_asked_for_is_that_of_the_file():
    assert tell("seconds") == 5.01


@pytest.mark.parametrize(("seconds", "told"), [(5.0, 5), (4.04, 4), (4.5, 5), (0.2, 1)])
def test_whole_seconds_are_whole_and_at_least_one(seconds: float, told: int):
    shown = tell("whole_seconds", Measures(duration_seconds=seconds))

    assert shown == told
    assert isinstance(shown, int)


def test_seconds_given_and_made_are_told_apart_and_together():
    measures = Measures(duration_seconds=4.04, input_seconds=4.04)

    assert tell("input_seconds", measures) == 4.04
    assert tell("all_seconds", measures) == 8.08


@pytest.mark.parametrize("source", ["seconds", "all_seconds", "input_seconds"])
def test_a_whole_number_is_never_written_with_a_fraction(source: str):
    told = tell(source, Measures(duration_seconds=5.0, input_seconds=3.0))

    assert isinstance(told, int)


@pytest.mark.parametrize(("tier", "number"), [("720P", 720), ("1080P", 1080), ("2K", 0), ("", 0)])
def test_a_tier_is_told_as_a_word_and_as_a_number(tier: str, number: int):
    assert tell("tier", Measures(tier=tier)) == tier
    assert tell("tier_number", Measures(tier=tier)) == number


def test_a_frame_rate_is_told_as_a_whole_number():
    assert tell("frames_per_second", Measures(frames_per_second=29.97)) == 30


def test_shape_and_sound_are_told():
    assert tell("ratio", Measures(ratio="16:9")) == "16:9"
    assert tell("sound", Measures(sound=True)) is True


@pytest.mark.parametrize(("mode", "told"), [("wan-std", "standard"), ("wan-pro", "pro")])
def test_a_mode_is_told_in_the_contracts_word(mode: str, told: str):
    assert tell("mode", options={"mode": mode}) == told


@pytest.mark.parametrize(
    ("box", "told"), [([80, 40, 592, 552], "1:1"), ([0, 0, 480, 640], "3:4"), ([0, 0, 9, 8], "1:1")]
)
def test_the_shape_of_a_region_is_told(box: list[int], told: str):
    assert tell("box_ratio", options={"ext_bbox": box}) == told


def test_an_option_is_told_by_its_name():
    assert tell("option:min_len", options={"min_len": 540}) == 540


@pytest.mark.parametrize("source", ["option:min_len", "box_ratio", "reasoning_tokens"])
def test_what_can_not_be_told_is_left_out(source: str):
    usage = make_usage(
        make_model({"count": "count", "x": source}), Generation(seed=1), Measures(), MADE
    )

    assert usage == {"count": 2}


def test_tokens_are_counted_from_the_prompt_and_the_pixels():
    order = {"prompt": "a cat on a mat"}

    assert tell("tokens_in", **order) == 4
    assert tell("tokens_out") == 2 * (1280 * 720 // 1024)
    assert tell("tokens", **order) == 4 + 1800
    assert tell("reasoning_tokens", prompt_extend=True, **order) == 4


@pytest.mark.parametrize(("width", "told"), [(1500, "qima_output_1k"), (1501, "qima_output_2k")])
def test_pictures_past_a_size_are_of_another_type(width: int, told: str):
    made = Made(count=1, width_pixels=width, height_pixels=1500, duration_seconds=0)

    assert tell("output_type", made=made) == told
    assert tell("input_type", made=made) == told.replace("output", "input")


def test_inputs_are_counted():
    assert tell("input_count", Measures(input_count=3)) == 3


def test_a_path_may_have_members_of_its_own():
    here = Endpoint(operation="a/b/d", mode="sync", usage={"width": "width"})
    model = make_model({"image_count": "count"}, Endpoint(operation="a/b/c", mode="async"), here)

    def told(operation: str) -> object:
        return make_usage(model, Generation(seed=1), Measures(), MADE, operation=operation)

    assert told("a/b/c") == {"image_count": 2}
    assert told("a/b/d") == {"width": 1280}


@pytest.mark.parametrize(
    ("source", "is_one"),
    [("count", True), ("=x", True), ("option:style", True), ("counts", False), ("", False)],
)
def test_only_what_can_be_told_is_a_source(source: str, is_one: bool):
    assert is_usage_source(source) is is_one


def test_files_are_summed_up_by_the_first():
    assert count_files([(1280, 720, 5.0), (640, 360, 3.0)]) == Made(
        count=2, width_pixels=1280, height_pixels=720, duration_seconds=5.0
    )
    assert count_files([]) == Made(count=0, width_pixels=0, height_pixels=0, duration_seconds=0)
