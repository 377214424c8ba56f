"""Every shape of member, at its bounds and past them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checking import DRAWN_SEED, accept_order, make_model, refuse_order, take, tell
from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    BooleanField,
    BoxField,
    ChoiceField,
    Field,
    IntegerField,
    ListedSizeField,
    ListField,
    NumberField,
    ObjectField,
    SideSizeField,
    TextField,
)

FIELDS: dict[str, Field] = {
    "text": TextField(),
    "integer": IntegerField(minimum=1, maximum=9),
    "number": NumberField(minimum=0.5, maximum=1.5),
    "boolean": BooleanField(),
    "choice": ChoiceField(values=("red", "green")),
    "list": ListField(item=IntegerField()),
    "box": BoxField(),
    "object": ObjectField(members={"a": TextField()}),
    "area": AreaSizeField(min_pixels=1, max_pixels=100),
    "side": SideSizeField(min_side=1, max_side=10),
    "listed": ListedSizeField(values=("1*1",)),
}


def require(field: Field) -> Field:
    values = {name: getattr(field, name) for name in field.__struct_fields__}
    return type(field)(**{**values, "required": True})


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@pytest.mark.parametrize("parameters", [None, {}, {"x": None}])
def test_a_required_member_that_is_missing_is_told(field: Field, parameters: object):
    model = make_model(parameters={"x": require(field)})

    assert refuse_order(model, None, parameters) == "Field required: parameters.x"


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
@pytest.mark.parametrize("parameters", [None, {}, {"x": None}])
def test_an_optional_member_without_a_default_is_absent(field: Field, parameters: object):
    model = make_model(parameters={"x": field})

    assert accept_order(model, None, parameters).options == {}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("text", "string"),
        ("integer", "integer"),
        ("number", "number"),
        ("boolean", "boolean"),
        ("choice", "string"),
        ("list", "list"),
        ("box", "list"),
        ("object", "dictionary"),
        ("area", "string"),
        ("side", "string"),
        ("listed", "string"),
    ],
)
def test_another_type_is_told(name: str, wanted: str):
    other = 7 if wanted in ("string", "list", "dictionary") else "seven"

    assert tell(FIELDS[name], other) == f"Input should be a valid {wanted}: parameters.x"


def test_a_text_is_cut_where_it_is_too_long():
    assert take(TextField(max_length=3), "abcd") == "abc"
    assert take(TextField(max_length=3), "abc") == "abc"
    assert take(TextField(), "a" * 10_000) == "a" * 10_000


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("abcd", "abcd"),
        ("abcde", "abcd"),
        ("猫猫", "猫猫"),
        ("猫猫a", "猫猫"),
        ("a猫b猫", "a猫b"),
        ("abc猫", "abc"),
        ("ねこねこ", "ねこねこ"),
    ],
)
def test_a_chinese_character_may_count_twice(text: str, cut: str):
    assert take(TextField(max_length=4, chinese_counts=2), text) == cut


@given(text=st.text(), length=st.integers(0, 40), counts=st.integers(1, 4))
def test_a_cut_text_is_the_longest_beginning_that_fits(text: str, length: int, counts: int):
    def weigh(part: str) -> int:
        return sum(counts if "一" <= letter <= "鿿" else 1 for letter in part)

    alphabet = "".join("猫" if ord(letter) % 3 else "a" for letter in text)
    cut = take(TextField(max_length=length, chinese_counts=counts), alphabet) or ""

    assert isinstance(cut, str)
    assert alphabet.startswith(cut)
    assert weigh(cut) <= length
    assert cut == alphabet or weigh(alphabet[: len(cut) + 1]) > length


def test_a_text_that_does_not_match_its_pattern_is_told():
    field = TextField(pattern="#[0-9a-f]{6}")

    assert take(field, "#00ff00") == "#00ff00"
    assert tell(field, "#00ff00 ") == "Invalid value: parameters.x"
    assert tell(TextField(pattern="a", fault="{value} is no a"), "b") == "b is no a"


@pytest.mark.parametrize("value", [1, 9, 5.0, "3"])
def test_a_whole_number_inside_its_range_is_taken(value: float | str):
    assert take(IntegerField(minimum=1, maximum=9), value) == int(value)


@pytest.mark.parametrize("value", [0, 10, "0", -3.0])
def test_a_whole_number_outside_its_range_is_told(value: object):
    assert tell(IntegerField(minimum=1, maximum=9), value) == (
        "Range of x should be [1, 9]: parameters.x"
    )


def test_a_range_may_be_open_at_one_end():
    assert take(IntegerField(minimum=1), 10**9) == 10**9
    assert tell(IntegerField(minimum=1), 0) == (
        "Input should be greater than or equal to 1: parameters.x"
    )
    assert tell(IntegerField(maximum=1), 2) == (
        "Input should be less than or equal to 1: parameters.x"
    )


def test_a_fields_own_text_is_told_with_its_bounds():
    field = IntegerField(
        minimum=2, maximum=15, fault="Between {minimum} and {maximum}, not {value}"
    )

    assert tell(field, 16) == "Between 2 and 15, not 16"


def test_special_values_pass_beside_the_range():
    field = IntegerField(minimum=2, maximum=30, special=(-1, 0))

    assert [take(field, value) for value in (-1, 0, 2)] == [-1, 0, 2]
    assert tell(field, 1) == "Range of x should be [2, 30]: parameters.x"


def test_listed_values_are_the_only_ones():
    field = IntegerField(values=(5, 10))

    assert take(field, "10") == 10
    assert tell(field, 7) == "Input should be 5 or 10: parameters.x"


def test_a_number_between_the_steps_is_told():
    field = IntegerField(minimum=512, maximum=1024, multiple_of=64)

    assert [take(field, value) for value in (512, 576, 1024)] == [512, 576, 1024]
    assert tell(field, 600) == "Input should be a multiple of 64: parameters.x"


@pytest.mark.parametrize("seed", [None, -1])
def test_a_seed_that_asks_for_one_is_drawn(seed: int | None):
    field = IntegerField(minimum=-1, maximum=9, drawn=True, draws=(-1,))
    model = make_model(parameters={"seed": field})

    assert accept_order(model, None, {"seed": seed}).seed == DRAWN_SEED
    assert accept_order(model, None, {"seed": 0}).seed == 0


@pytest.mark.parametrize("value", [0.5, 1, 1.5, "0.75"])
def test_a_number_inside_its_range_is_taken(value: float | str):
    assert take(NumberField(minimum=0.5, maximum=1.5), value) == float(value)


@pytest.mark.parametrize("value", [0.49, 1.51, -1, "2"])
def test_a_number_outside_its_range_is_told(value: object):
    assert tell(NumberField(minimum=0.5, maximum=1.5), value) == (
        "Range of x should be [0.5, 1.5]: parameters.x"
    )


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), 10**400, True, "1e3"])
def test_what_is_no_finite_number_is_told(value: object):
    assert tell(NumberField(), value) == "Input should be a valid number: parameters.x"


@pytest.mark.parametrize(("value", "chosen"), [("red", "red"), ("GREEN", "green"), ("Red", "red")])
def test_a_choice_is_taken_whatever_its_case(value: str, chosen: str):
    assert take(FIELDS["choice"], value) == chosen


def test_a_choice_that_is_none_is_told_with_those_allowed():
    assert tell(FIELDS["choice"], "blue") == "Input should be 'red' or 'green': parameters.x"
    assert tell(ChoiceField(values=("red",)), "blue") == "Input should be 'red': parameters.x"
    assert tell(ChoiceField(values=("a", "b", "c")), "d") == (
        "Input should be 'a', 'b' or 'c': parameters.x"
    )


def test_an_open_choice_takes_others_as_they_are():
    field = ChoiceField(values=("squish",), open=True)

    assert [take(field, value) for value in ("SQUISH", "Other")] == ["squish", "Other"]


def test_an_ignored_choice_counts_as_absent():
    field = ChoiceField(values=("red",), ignored=("noise",), default="red")
    required = ChoiceField(values=("red",), ignored=("noise",), required=True)

    assert take(field, "noise") == "red"
    assert tell(required, "noise") == "Field required: parameters.x"


def test_a_list_is_bounded_by_its_length():
    field = ListField(item=IntegerField(), min_items=2, max_items=3)

    assert take(field, [1, 2, 3]) == [1, 2, 3]
    assert tell(field, [1]) == "parameters.x must contain 2 to 3 items. Got 1."
    assert tell(field, [1, 2, 3, 4]) == "parameters.x must contain 2 to 3 items. Got 4."
    assert tell(ListField(item=IntegerField(), min_items=2, max_items=2), [1]) == (
        "parameters.x must contain 2 items. Got 1."
    )


def test_a_list_of_thousands_of_items_is_told():
    assert "Got 5000." in tell(ListField(item=IntegerField()), [1] * 5000)


def test_a_list_may_be_cut_without_an_error():
    field = ListField(item=IntegerField(), max_items=3, cut_at=3)

    assert take(field, [1, 2, 3, "not even read"]) == [1, 2, 3]


def test_an_item_of_a_list_is_told_by_its_place():
    field = ListField(item=IntegerField(minimum=0, maximum=255))

    assert tell(field, [0, 256]) == "Range of x[1] should be [0, 255]: parameters.x[1]"
    assert tell(field, [0, "red"]) == "Input should be a valid integer: parameters.x[1]"


def test_a_value_may_stand_in_a_list_only_so_often():
    field = ListField(item=ChoiceField(values=("obj", "bg")), max_each={"bg": 1})

    assert take(field, ["obj", "bg", "obj"]) == ["obj", "bg", "obj"]
    assert tell(field, ["bg", "obj", "bg"]) == ("parameters.x must contain at most 1 'bg'. Got 2.")


SHARES = ListField(
    item=ObjectField(required=True, members={"ratio": TextField(required=True)}),
    percent_member="ratio",
)


@pytest.mark.parametrize(
    "shares", [["100%"], ["25.00%", "75.00%"], ["33.33%", "33.33%", "33.34%"], ["50", "50"]]
)
def test_shares_that_add_up_to_the_whole_are_taken(shares: list[str]):
    given_items = [{"ratio": share} for share in shares]

    assert take(SHARES, given_items) == given_items


@pytest.mark.parametrize("shares", [["99.99%"], ["50%", "50.01%"], []])
def test_shares_that_do_not_add_up_are_told(shares: list[str]):
    assert tell(SHARES, [{"ratio": share} for share in shares]).startswith(
        "The sum of ratio must be 100.00%. Got "
    )


@pytest.mark.parametrize("share", ["half", "", "%", "5%%", "1e9999999", "NaN", "sNaN", "Infinity"])
def test_a_share_that_is_no_number_is_told(share: str):
    assert "parameters.x" in tell(SHARES, [{"ratio": share}])


@pytest.mark.parametrize("box", [[0, 0, 1, 1], ["10", 20.0, 30, 40]])
def test_a_box_with_an_inside_is_taken(box: list[object]):
    assert take(BoxField(), box) == [int(side) for side in box]  # type: ignore[call-overload]


@pytest.mark.parametrize(
    "box",
    [[], [1, 2, 3], [1, 2, 3, 4, 5], [5, 0, 5, 9], [0, 5, 9, 5], [9, 0, 1, 9], [-1, 0, 5, 5],
     [0, 0, 1.5, 2], [0, 0, True, 2], [0, 0, "x", 2], [None, 0, 1, 1], [[0], 0, 1, 1]],
)  # fmt: skip
def test_a_box_without_an_inside_is_told(box: list[object]):
    assert tell(BoxField(), box) == "Input should be a box [x1, y1, x2, y2]: parameters.x"
    assert tell(BoxField(fault="Invalid ext_bbox."), box) == "Invalid ext_bbox."


def test_an_object_keeps_the_members_that_it_knows():
    field = ObjectField(members={"a": TextField(max_length=2), "b": IntegerField(default=4)})

    assert take(field, {"a": "long", "c": 9}) == {"a": "lo", "b": 4}
    assert take(ObjectField(members={"a": TextField()}), {"c": 9}) is None


def test_a_member_of_an_object_is_told_by_its_path():
    field = ObjectField(members={"a": TextField(required=True)})

    assert tell(field, {}) == "Field required: parameters.x.a"
    assert tell(field, {"a": 3}) == "Input should be a valid string: parameters.x.a"


def test_a_listed_size_is_taken_and_another_told():
    field = ListedSizeField(values=("832*480", "480*832"))
    model = make_model(parameters={"size": field})

    taken = accept_order(model, None, {"size": "480*832"})

    assert (taken.width_pixels, taken.height_pixels) == (480, 832)
    assert tell(field, "480*480") == (
        "The size does not match the allowed size 832*480,480*832: parameters.x"
    )


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("size must be in {values}", "size must be in 832*480,480*832"),
        ("not in {list}.", "not in ['832*480', '480*832']."),
    ],
)
def test_a_listed_size_is_told_in_the_services_own_words(fault: str, told: str):
    assert tell(ListedSizeField(values=("832*480", "480*832"), fault=fault), "1*1") == told


def test_a_size_that_is_none_may_have_a_text_of_its_own():
    field = ListedSizeField(values=("832*480",), format_fault="expected format like '480*832'")

    assert tell(field, "832x480") == "expected format like '480*832'"


def test_a_tier_stands_for_a_size_and_one_too_large_is_told():
    field = AreaSizeField(min_pixels=1, max_pixels=100, tiers=("1K", "2K"), default="2K")
    model = make_model(parameters={"size": field})

    assert accept_order(model).options == {"tier": "2K"}
    assert accept_order(model, None, {"size": "1k"}).options == {"tier": "1K"}
    assert refuse_order(model, None, {"size": "4K"}) == (
        "Size 4K is not supported for t2i scenario. Maximum supported size is 2K"
    )
    assert refuse_order(model, None, {"size": "huge"}) == (
        "Invalid size format. Expected format: 1K, 2K or '<width>*<height>', such as "
        "'1024*1024': parameters.size"
    )


def test_an_area_is_told_with_all_that_its_text_asks_for():
    field = AreaSizeField(
        min_pixels=16,
        max_pixels=100,
        fault="{minimum} ({minimum_side}) to {maximum} ({maximum_side}): {value} is "
        "{width} by {height}, {pixels}",
    )

    assert tell(field, "2*3") == "16 (4) to 100 (10): 2*3 is 2 by 3, 6"


@pytest.mark.parametrize("size", ["512*512", "1440*1440", "512*1440"])
def test_a_size_with_both_sides_in_range_is_taken(size: str):
    width, height = map(int, size.split("*"))
    field = SideSizeField(min_side=512, max_side=1440)

    taken = accept_order(make_model(parameters={"size": field}), None, {"size": size})

    assert (taken.width_pixels, taken.height_pixels) == (width, height)


@pytest.mark.parametrize("size", ["511*512", "512*511", "1441*1440", "1440*1441", "0*0"])
def test_a_size_with_a_side_out_of_range_is_told(size: str):
    field = SideSizeField(min_side=512, max_side=1440, fault="{value}: {minimum} to {maximum}")

    assert tell(SideSizeField(min_side=512, max_side=1440), size) == (
        "Either width or height should be between 512 and 1440: parameters.x"
    )
    assert tell(field, size) == f"{size}: 512 to 1440"
