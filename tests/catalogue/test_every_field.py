"""Every member of every model at every endpoint: missing, of another type, at its bounds and past.

The expectations come from the catalogue's own fields, so that a bound can't be told wrongly, left
unchecked or checked twice; that the bounds are the contract's, test_contract.py sees to.
"""

from collections.abc import Callable, Iterable, Iterator
from math import isqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.orders import ABSENT, PLACES, Place, Request, change, read
from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    BooleanField,
    BoxField,
    ChoiceField,
    Field,
    IntegerField,
    ListedSizeField,
    ListField,
    MediaField,
    MediaListField,
    MessagesField,
    NumberField,
    ObjectField,
    SideSizeField,
    TextField,
    TypedMediaField,
)
from kaiga.domain.generation import Generation
from kaiga.domain.validation import Faults

each_place = pytest.mark.parametrize("place", PLACES, ids=str)

WRONG_TYPES: dict[type[Field], tuple[str, list[object]]] = {
    TextField: ("string", [7, 1.5, True, ["a"], {"a": 1}]),
    IntegerField: ("integer", ["seven", 1.5, True, [1], {"a": 1}]),
    NumberField: ("number", ["seven", True, [1], {"a": 1}, float("nan"), float("inf")]),
    BooleanField: ("boolean", ["yes", 1, 0, [True], {"a": 1}]),
    ChoiceField: ("string", [7, 1.5, True, ["a"], {"a": 1}]),
    ListField: ("list", [7, "a", True, {"a": 1}]),
    BoxField: ("list", [7, "a", True, {"a": 1}]),
    ObjectField: ("dictionary", [7, "a", True, [1]]),
    AreaSizeField: ("string", [7, 1.5, True, ["1*1"], {"a": 1}]),
    SideSizeField: ("string", [7, 1.5, True, ["1*1"], {"a": 1}]),
    ListedSizeField: ("string", [7, 1.5, True, ["1*1"], {"a": 1}]),
    MediaField: ("string", [7, 1.5, True, ["a"], {"a": 1}]),
    MediaListField: ("list", [7, "a", True, {"a": 1}]),
    TypedMediaField: ("list", [7, "a", True, {"a": 1}]),
    MessagesField: ("list", [7, "a", True, {"a": 1}]),
}


def fields_of(place: Place, *kinds: type[Field]) -> Iterator[tuple[str, Any]]:
    return ((path, field) for path, field in place.fields.items() if isinstance(field, kinds))


SIZE_TEXTS = ("Total pixels (", "Size 9K is not supported for t2i scenario.")
"""Texts of the service that name no member."""


def is_named_in(texts: tuple[str, ...], field: Field, path: str) -> bool:
    """Tell whether a member's own fault is among those told."""
    own = [text for text in (field.fault, getattr(field, "format_fault", "")) if text]
    beginnings = tuple(text.partition("{")[0] for text in own)
    return any(path in text or text.startswith((*beginnings, *SIZE_TEXTS)) for text in texts)


@each_place
def test_a_required_member_that_is_missing_or_null_is_told(place: Place):
    for path, field in place.fields.items():
        for nothing in (ABSENT, None):
            told = place.check(change(place.minimal, path, nothing))

            if field.required or isinstance(field, MessagesField):
                assert isinstance(told, Faults), path
                assert f"Field required: {path}" in told.texts


@each_place
def test_an_optional_member_may_be_null_where_it_may_be_missing(place: Place):
    for path, field in place.fields.items():
        for request in (place.minimal, *place.full):
            missing = place.check(change(request, path, ABSENT))

            assert place.check(change(request, path, None)) == missing, path
            if isinstance(field, TextField | ChoiceField | MediaField | ListedSizeField):
                assert place.check(change(request, path, "")) == missing, path


@each_place
def test_a_member_of_another_type_is_told_by_its_path(place: Place):
    for path, field in place.fields.items():
        wanted, values = WRONG_TYPES[type(field)]
        for value in values:
            texts = place.refuse(change(place.minimal, path, value))

            assert f"Input should be a valid {wanted}: {path}" in texts, (path, value)


@each_place
def test_a_whole_number_is_bounded_where_its_field_says(place: Place):
    for path, field in fields_of(place, IntegerField):
        if field.values:
            good, bad = [*field.values, *field.special], [max(field.values) + 1, 10**30]
        else:
            good = [bound for bound in (field.minimum, field.maximum) if bound is not None]
            bad = [
                *([field.minimum - 1] if field.minimum is not None else []),
                *([field.maximum + 1] if field.maximum is not None else []),
            ]
        bad = [value for value in bad if value not in (*field.special, *field.draws)]
        _see_bounds(place, path, field, [*good, *field.special, *field.draws], bad)


@each_place
def test_a_number_is_bounded_where_its_field_says(place: Place):
    for path, field in fields_of(place, NumberField):
        low, high = field.minimum, field.maximum
        good = [0.0, 1e6] if low is None else [low, high, (low + high) / 2]
        bad = [] if low is None else [low - 0.001, high + 0.001]
        _see_bounds(place, path, field, good, bad)


@each_place
def test_a_choice_takes_each_of_its_values_and_no_other(place: Place):
    for path, field in fields_of(place, ChoiceField):
        bad = [] if field.open else ["no such value"]
        spelled = [*field.values, *(value.upper() for value in field.values)]
        if field.open:
            spelled.append("no such value")
        _see_bounds(place, path, field, spelled, bad)


@each_place
def test_a_switch_takes_on_and_off(place: Place):
    for path, field in fields_of(place, BooleanField):
        _see_bounds(place, path, field, [True, False, "true", "False"], [])


@each_place
def test_a_listed_size_is_the_only_one(place: Place):
    for path, field in fields_of(place, ListedSizeField):
        _see_bounds(place, path, field, field.values, ["1*1", "1x1", "9999*9999", "big"])


@each_place
def test_a_size_by_sides_is_bounded_by_each_side(place: Place):
    for path, field in fields_of(place, SideSizeField):
        low, high = field.min_side, field.max_side
        good = [f"{low}*{low}", f"{high}*{high}", f"{low}*{high}"]
        bad = [f"{low - 1}*{low}", f"{low}*{low - 1}", f"{high + 1}*{high}", "big", f"{low}x{low}"]
        _see_bounds(place, path, field, good, bad)


@each_place
def test_a_size_by_area_is_bounded_by_its_pixels_and_its_shape(place: Place):
    for path, field in fields_of(place, AreaSizeField):
        least, most = isqrt(field.min_pixels), _largest_square(place, field)
        good = [f"{least}*{least}", f"{most}*{most}", *field.tiers]
        bad = [f"{least}*{least - 1}", f"{most + 1}*{most + 1}", "0*0", "big", "9K"]
        if field.min_ratio:
            width, height = field.min_ratio
            good.append(f"{width * 512}*{height * 512}")
            bad.append(f"{width * 512 - 1}*{height * 512}")
        _see_bounds(place, path, field, good, bad)


def _largest_square(place: Place, field: AreaSizeField) -> int:
    """Rules that hold for the least request may allow less than the field does."""
    has_picture = "'image':" in str(place.minimal)
    held = [
        rule.max_pixels
        for rule in place.model.rules
        if rule.max_pixels and not rule.when.equals and (has_picture or not rule.when.has)
    ]
    return isqrt(min([field.max_pixels, *held]))


def _see_bounds(
    place: Place, path: str, field: Field, good: Iterable[object], bad: Iterable[object]
) -> None:
    for value in good:
        assert _is_taken_somewhere(place, path, value), (path, value)
    for value in bad:
        texts = place.refuse(change(place.minimal, path, value))

        assert is_named_in(texts, field, path), (path, value, texts)


def _is_taken_somewhere(place: Place, path: str, value: object) -> bool:
    """Tell whether some request stays sound with this value, be it the least or a full one."""
    requests = (place.minimal, *place.full)
    return any(
        isinstance(place.check(change(request, path, value)), Generation) for request in requests
    )


@each_place
def test_a_text_past_its_length_is_cut_exactly_there(place: Place):
    for path, field in fields_of(place, TextField, MessagesField):
        if field.max_length is None or getattr(field, "pattern", ""):
            continue
        for letter, weight in (("a", 1), ("猫", field.chinese_counts), ("👩", 1)):
            fitting = field.max_length // weight
            for length in (fitting, fitting + 1, fitting * 2 + 7):
                request = _with_text(place, path, field, letter * length)

                assert letter * fitting in _texts_of(place.accept(request)), (path, letter, length)


def _with_text(place: Place, path: str, field: Field, text: str) -> Request:
    if not isinstance(field, MessagesField):
        return change(place.minimal, path, text)
    message = read(place.minimal, path)[0]  # type: ignore[index]
    content = [{"text": text} if "text" in item else item for item in message["content"]]
    return change(place.minimal, path, [{"role": "user", "content": content}])


def _texts_of(generation: Generation) -> list[object]:
    return [generation.prompt, generation.negative_prompt, *generation.options.values()]


@each_place
def test_what_is_given_reaches_the_engine(place: Place):
    """Whatever a full request sets is an option or a common member of the checked order."""
    common = {"prompt", "messages", "negative_prompt", "size", "n", "seed", "duration",
              "prompt_extend", "watermark", "add_watermark", "ref_prompt", "neg_ref_prompt",
              "generate_num", "prompt_text_zh", "prompt_text_en"}  # fmt: skip
    ignored = {path for rule in place.model.rules_at(place.endpoint) for path in rule.ignores}
    seen: set[str] = set()
    for request in place.full:
        seen |= set(place.accept(request).options)
    for path, field in place.fields.items():
        name = path.partition(".")[2]
        is_medium = isinstance(field, MediaField | MediaListField | TypedMediaField)
        if name in common or is_medium or path in ignored or name == "image":
            continue
        assert name in seen, path


@each_place
def test_defaults_are_filled_in(place: Place):
    generation = place.accept(place.minimal)
    ignored = {path for rule in place.model.rules_at(place.endpoint) for path in rule.ignores}
    common: dict[str, Callable[[], object]] = {
        "n": lambda: generation.count,
        "generate_num": lambda: generation.count,
        "prompt_extend": lambda: generation.prompt_extend,
        "watermark": lambda: generation.watermark,
        "add_watermark": lambda: generation.watermark,
        "duration": lambda: generation.duration_seconds,
    }
    for path, field in fields_of(place, IntegerField, NumberField, BooleanField, ChoiceField):
        name = path.partition(".")[2]
        if path in ignored or not field.default or read(place.minimal, path) is not None:
            continue
        found = common[name]() if name in common else generation.options.get(name)

        assert found == field.default, path


@each_place
def test_a_media_member_hands_on_its_address_role_and_limits(place: Place):
    for path, field in fields_of(place, MediaField):
        url = f"https://example.org/{path}.bin"
        for request in (place.minimal, *place.full):
            checked = place.check(change(request, path, url))
            if isinstance(checked, Generation):
                found = [each for each in checked.media if each.url == url]
                if found:
                    assert (found[0].role, found[0].member) == (field.role, path)
                    assert (found[0].kind, found[0].limits) == (field.kind, field.limits)
                    break
        else:
            pytest.fail(f"{path} never reaches the engine")


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=True)
    | st.text(max_size=12)
    | st.sampled_from(["https://example.org/a.png", "1K", "1280*720", "first_frame", "obj", "-1"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "url", "role", "content", "text", "image", "hex", "ratio"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_any_json_in_any_member_is_answered_with_an_order_or_with_faults(data: st.DataObject):
    place = data.draw(st.sampled_from(PLACES))
    request = data.draw(st.sampled_from([place.minimal, *place.full]))
    for path in data.draw(st.sets(st.sampled_from(sorted(place.fields)), max_size=3)):
        request = change(request, path, data.draw(json_values))

    checked = place.check(request)

    if isinstance(checked, Faults):
        assert all(checked.texts)
        assert all(len(text) < 2000 for text in checked.texts)
    else:
        assert 1 <= checked.count <= 12
        assert checked.width_pixels * checked.height_pixels <= 16_777_216


@settings(max_examples=60, deadline=None)
@given(data=st.data(), group=st.sampled_from(["input", "parameters"]), value=json_values)
def test_any_json_for_a_whole_group_is_answered(data: st.DataObject, group: str, value: object):
    place = data.draw(st.sampled_from(PLACES))

    checked = place.check({**place.minimal, group: value})

    assert isinstance(checked, Generation | Faults)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_order_of_members_changes_nothing(data: st.DataObject):
    place = data.draw(st.sampled_from(PLACES))
    request = data.draw(st.sampled_from([place.minimal, *place.full]))
    turned = {
        group: dict(reversed(list(members.items())))  # type: ignore[attr-defined]
        for group, members in request.items()
    }

    assert place.check(turned) == place.check(request)
