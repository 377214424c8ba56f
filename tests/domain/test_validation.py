"""Every rule of the reference model, told in the exact words that clients see."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.model import Model
from kaiga.domain.generation import LARGEST_SEED, Generation
from kaiga.domain.validation import Faults, OrderRules

DRAWN_SEED = 123
SMALLEST_AREA, LARGEST_AREA = 589_824, 2_073_600


def find_reference_model() -> Model:
    model = read_catalogue().find_model("wan2.5-t2i-preview")
    assert model is not None
    return model


RULES = OrderRules(find_reference_model(), find_reference_model().endpoints[0])


def check(order_input: object, parameters: object = None) -> Generation | Faults:
    return RULES.check(order_input, parameters, DRAWN_SEED)


def accept(parameters: object = None, **order_input: object) -> Generation:
    checked = check({"prompt": "a cat", **order_input}, parameters)
    assert isinstance(checked, Generation), checked.message
    return checked


def refuse(parameters: object = None, **order_input: object) -> str:
    checked = check({"prompt": "a cat", **order_input}, parameters)
    assert isinstance(checked, Faults)
    return checked.message


def test_an_order_with_a_prompt_alone_gets_every_default():
    assert accept() == Generation(
        prompt="a cat",
        negative_prompt="",
        width_pixels=1280,
        height_pixels=1280,
        count=4,
        seed=DRAWN_SEED,
        prompt_extend=True,
        watermark=False,
    )


def test_every_member_given_is_taken():
    parameters = {
        "size": "1472*1104",
        "n": 2,
        "seed": 42,
        "prompt_extend": False,
        "watermark": True,
    }

    assert accept(parameters, negative_prompt="people") == Generation(
        prompt="a cat",
        negative_prompt="people",
        width_pixels=1472,
        height_pixels=1104,
        count=2,
        seed=42,
        prompt_extend=False,
        watermark=True,
    )


def test_null_counts_as_absent_everywhere():
    members = ("size", "n", "seed", "prompt_extend", "watermark")

    assert accept(dict.fromkeys(members), negative_prompt=None) == accept()


def test_an_empty_text_counts_as_absent_where_a_text_is_asked_for():
    assert accept({"size": ""}, negative_prompt="") == accept()


def test_unknown_members_are_left_alone():
    assert accept({"is_async": True, "style": 3}, function="x", extend_prompt=[1]) == accept()


@pytest.mark.parametrize("parameters", [None, {}])
def test_parameters_may_be_absent_or_empty(parameters: object):
    assert accept(parameters) == accept()


@pytest.mark.parametrize(
    "order_input", [None, {}, {"prompt": None}, {"prompt": ""}, {"prompt": " \t\n"}]
)
def test_a_missing_or_blank_prompt_is_told(order_input: object):
    assert check(order_input) == Faults(texts=("Field required: input.prompt",))


@pytest.mark.parametrize("prompt", [7, 1.5, True, [], ["a cat"], {}])
def test_a_prompt_that_is_no_text_is_told(prompt: object):
    assert refuse(prompt=prompt) == "Input should be a valid string: input.prompt"


@pytest.mark.parametrize("negative", [7, False, [], {}])
def test_a_negative_prompt_that_is_no_text_is_told(negative: object):
    assert refuse(negative_prompt=negative) == (
        "Input should be a valid string: input.negative_prompt"
    )


@pytest.mark.parametrize("group", ["text", 1, True, [], ["prompt"]])
def test_a_group_that_is_no_object_is_told(group: object):
    assert check(group, {}) == Faults(texts=("Input should be a valid dictionary: input",))
    assert refuse(group) == "Input should be a valid dictionary: parameters"


@pytest.mark.parametrize("letter", ["a", "猫", "👩"])
def test_a_prompt_is_cut_after_2000_characters(letter: str):
    assert accept(prompt=letter * 2000).prompt == letter * 2000
    assert accept(prompt=letter * 2001).prompt == letter * 2000


@pytest.mark.parametrize("letter", ["a", "猫", "👩"])
def test_a_negative_prompt_is_cut_after_500_characters(letter: str):
    assert accept(negative_prompt=letter * 500).negative_prompt == letter * 500
    assert accept(negative_prompt=letter * 501).negative_prompt == letter * 500


@pytest.mark.parametrize("given_negative", ["", " "])
def test_an_empty_negative_prompt_is_accepted(given_negative: str):
    assert accept(negative_prompt=given_negative).negative_prompt == given_negative


@pytest.mark.parametrize("count", [1, 2, 3, 4, 2.0, "3"])
def test_n_is_taken_from_1_to_4(count: Any):
    assert accept({"n": count}).count == int(count)


@pytest.mark.parametrize("count", [0, 5, -1, 10**30, "0", "5", 5.0, 1e300, -2.0])
def test_n_outside_its_range_is_told(count: object):
    assert refuse({"n": count}) == "Range of n should be [1, 4]: parameters.n"


@pytest.mark.parametrize(
    "count", [1.5, True, False, "", "two", "1.0", " 1", "1 ", "+1", "1e0", "１", [], [1], {}]
)
def test_an_n_that_is_no_whole_number_is_told(count: object):
    assert refuse({"n": count}) == "Input should be a valid integer: parameters.n"


@pytest.mark.parametrize("seed", [0, 1, 42.0, "7", LARGEST_SEED, str(LARGEST_SEED)])
def test_a_seed_on_or_inside_its_bounds_is_taken(seed: Any):
    assert accept({"seed": seed}).seed == int(seed)


@pytest.mark.parametrize("seed", [-1, LARGEST_SEED + 1, 10**40, "-1", "2147483648"])
def test_a_seed_past_its_bounds_is_told(seed: object):
    assert refuse({"seed": seed}) == "Range of seed should be [0, 2147483647]: parameters.seed"


@pytest.mark.parametrize("seed", [0.5, True, "abc", [], {}])
def test_a_seed_that_is_no_whole_number_is_told(seed: object):
    assert refuse({"seed": seed}) == "Input should be a valid integer: parameters.seed"


@pytest.mark.parametrize("name", ["prompt_extend", "watermark"])
@pytest.mark.parametrize(
    ("given_switch", "meant"),
    [(True, True), (False, False), ("true", True), ("False", False), ("TRUE", True)],
)
def test_a_switch_is_taken(name: str, given_switch: object, meant: bool):
    assert getattr(accept({name: given_switch}), name) is meant


@pytest.mark.parametrize("name", ["prompt_extend", "watermark"])
@pytest.mark.parametrize("given_switch", ["yes", "", 1, 0, 1.0, [], {}])
def test_a_switch_that_is_neither_on_nor_off_is_told(name: str, given_switch: object):
    assert refuse({name: given_switch}) == f"Input should be a valid boolean: parameters.{name}"


@pytest.mark.parametrize(
    ("size", "pixels"),
    [
        ("1280*1280", (1280, 1280)),
        ("1104*1472", (1104, 1472)),
        ("1472*1104", (1472, 1104)),
        ("960*1696", (960, 1696)),
        ("1696*960", (1696, 960)),
        ("768*768", (768, 768)),
        ("1440*1440", (1440, 1440)),
        ("768*2700", (768, 2700)),
        ("2700*768", (2700, 768)),
        ("384*1536", (384, 1536)),
        ("1536*384", (1536, 384)),
        ("720*2880", (720, 2880)),
        ("2880*720", (2880, 720)),
        ("769*767", None),
        ("1441*1439", (1441, 1439)),
        ("1441*1440", None),
        ("1*589824", None),
    ],
)
def test_a_size_is_bounded_by_its_area_up_to_the_bounds(size: str, pixels: tuple[int, int] | None):
    checked = check({"prompt": "a cat"}, {"size": size})

    if pixels is None:
        assert isinstance(checked, Faults)
    else:
        assert isinstance(checked, Generation)
        assert (checked.width_pixels, checked.height_pixels) == pixels


@pytest.mark.parametrize(
    ("size", "area"),
    [
        ("100*100", 10_000),
        ("768*767", 589_056),
        ("1441*1440", 2_075_040),
        ("0*0", 0),
        ("999999*999999", 999_998_000_001),
    ],
)
def test_an_area_past_its_bounds_is_told_as_the_service_does(size: str, area: int):
    assert refuse({"size": size}) == (f"Total pixels ({area}) must be between 589824 and 2073600.")


@pytest.mark.parametrize(
    ("size", "shape"),
    [("383*1541", "383:1541"), ("1541*383", "1541:383"), ("1*600000", "1:600000")],
)
def test_a_shape_narrower_or_wider_than_1_to_4_is_told(size: str, shape: str):
    assert refuse({"size": size}) == (
        f"Aspect ratio ({shape}) must be between 1:4 and 4:1: parameters.size"
    )


@pytest.mark.parametrize(
    "size",
    ["1K", "1280", "1280x1280", "1280*", "*1280", "1280*1280*3", " 1280*1280", "1280*1280\n",
     "-1280*1280", "1280.0*1280", "１２８０*1280", "1280＊1280", "1000000*1", "1280 * 1280"],
)  # fmt: skip
def test_a_malformed_size_is_told_with_the_form_expected(size: str):
    assert refuse({"size": size}) == (
        "Invalid size format. Expected format: '<width>*<height>', such as '1280*1280': "
        "parameters.size"
    )


@pytest.mark.parametrize("size", [1280, 1.5, True, [], [1280, 1280], {"w": 1}])
def test_a_size_that_is_no_text_is_told(size: object):
    assert refuse({"size": size}) == "Input should be a valid string: parameters.size"


@given(width=st.integers(1, 3000), height=st.integers(1, 3000))
@example(width=768, height=2700)
@example(width=720, height=2880)
@example(width=719, height=2880)
def test_a_size_is_taken_exactly_if_its_area_and_its_shape_are_allowed(width: int, height: int):
    is_allowed = (
        SMALLEST_AREA <= width * height <= LARGEST_AREA
        and 4 * width >= height
        and 4 * height >= width
    )

    checked = check({"prompt": "a cat"}, {"size": f"{width}*{height}"})

    assert isinstance(checked, Generation) == is_allowed


def test_several_faults_are_joined_in_the_order_of_the_checks():
    parameters = {"watermark": "perhaps", "seed": -1, "n": 9, "prompt_extend": 2, "size": "100*100"}

    assert check({"negative_prompt": 5}, parameters) == Faults(
        texts=(
            "Field required: input.prompt",
            "Input should be a valid string: input.negative_prompt",
            "Total pixels (10000) must be between 589824 and 2073600.",
            "Range of n should be [1, 4]: parameters.n",
            "Input should be a valid boolean: parameters.prompt_extend",
            "Input should be a valid boolean: parameters.watermark",
            "Range of seed should be [0, 2147483647]: parameters.seed",
        )
    )
    assert refuse({"n": 0, "size": "1*1"}) == (
        "Total pixels (1) must be between 589824 and 2073600."
        " & Range of n should be [1, 4]: parameters.n"
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
members = st.sampled_from(
    ["prompt", "negative_prompt", "size", "n", "seed", "prompt_extend", "watermark"]
)
groups = json_values | st.dictionaries(members, json_values)


@given(order_input=groups, parameters=groups)
def test_any_json_is_answered_with_an_order_inside_the_bounds_or_with_faults(
    order_input: object, parameters: object
):
    checked = check(order_input, parameters)

    if isinstance(checked, Faults):
        assert checked.texts
        return
    assert 1 <= checked.count <= 4
    assert 0 <= checked.seed <= LARGEST_SEED
    assert SMALLEST_AREA <= checked.width_pixels * checked.height_pixels <= LARGEST_AREA
    assert 1 <= len(checked.prompt) <= 2000
    assert len(checked.negative_prompt) <= 500
