"""Patterns of answers: what fits, and how a difference is told."""

from typing import Any

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.cli.conformance.patterns import (
    LINK,
    TIME,
    Anything,
    Items,
    Maybe,
    Number,
    Open,
    find_differences,
)
from kaiga.cli.conformance.shapes import make_answer_pattern
from kaiga.domain.catalogue.model import Endpoint, Model

CATALOGUE = read_catalogue()
PLACES = [(model, each) for model in CATALOGUE.list_models() for each in model.endpoints]


def name_of(place: Any) -> str:
    return getattr(place, "name", None) or f"{place.operation.split('/')[1]}-{place.mode}"


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ({"a": int, "b": Maybe(str)}, {"a": 1}),
        (Open({"a": int}), {"a": 1, "b": 2}),
        (Items(Number, least=2), [1, 2.5]),
        (("x", "y"), "y"),
        (TIME, "2026-11-22 10:00:00.120"),
        (LINK, "https://h/a.png?Expires=1"),
        ({"a": Anything, "b": None}, {"a": [], "b": None}),
    ],
)
def test_what_fits_has_no_differences(pattern: Any, value: Any):
    assert list(find_differences(pattern, value)) == []


@pytest.mark.parametrize(
    ("pattern", "value", "told"),
    [
        ({"a": {"b": int}}, {"a": {}}, "a.b is missing"),
        ({"a": int}, {"a": 1, "b": 2}, "b is there besides"),
        ({"a": {}}, {"a": {"b": 2}}, "a.b is there besides"),
        ({"a": int}, {"a": "1"}, "a is '1' and not a whole number"),
        ({"a": int}, {"a": True}, "a is True and not a whole number"),
        ({"a": Number}, {"a": False}, "a is False and not a number"),
        ({"a": bool}, {"a": 1}, "a is 1 and not a switch"),
        ({"a": Items(str)}, {"a": ["x", 2]}, "a[1] is 2 and not text"),
        ({"a": Items(str, least=1)}, {"a": []}, "a has 0 items and not 1 or more"),
        ({"a": Items(str)}, {"a": "x"}, "a is 'x' and not a list"),
        ({"a": ("x", "y")}, {"a": "z"}, "a is 'z' and not 'x' or 'y'"),
        ({"a": Maybe(TIME)}, {"a": "now"}, "a is 'now' and not a time such as 2026-11-22"),
        ({"a": int}, [], "it is [] and not an object"),
    ],
)
def test_a_difference_names_its_place(pattern: Any, value: Any, told: str):
    (difference,) = find_differences(pattern, value)

    assert difference.startswith(told)


@pytest.mark.parametrize(("model", "endpoint"), PLACES, ids=name_of)
def test_an_answer_without_results_is_of_no_models_shape(model: Model, endpoint: Endpoint):
    pattern = make_answer_pattern(model, endpoint)

    assert list(find_differences(pattern, {"request_id": "1", "output": []})) != []
    assert set(pattern) == {"request_id", "output", "usage"}
