"""Adapters as an order's header names them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.adapters import (
    ADAPTER_ID,
    LARGEST_WEIGHT,
    MOST_ADAPTERS,
    ChosenAdapter,
    read_adapters,
    write_adapters,
)

CHOSEN = st.builds(
    ChosenAdapter,
    id=st.from_regex(ADAPTER_ID, fullmatch=True),
    weight=st.integers(-1000, 1000).map(lambda hundredths: hundredths / 100),
)


@given(st.lists(CHOSEN, min_size=1, max_size=MOST_ADAPTERS, unique_by=lambda each: each.id))
def test_what_is_written_is_read_as_the_same(adapters: list[ChosenAdapter]):
    assert read_adapters(write_adapters(tuple(adapters))) == tuple(adapters)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ink", [("ink", 1.0)]),
        (" ink : 0.5 ,paper", [("ink", 0.5), ("paper", 1.0)]),
        ("ink:-1", [("ink", -1.0)]),
        ("/models/ink.safetensors", [("/models/ink.safetensors", 1.0)]),
        ("https://example.com/ink:2", [("https://example.com/ink", 2.0)]),
        ("https://example.com/ink", [("https://example.com/ink", 1.0)]),
    ],
)
def test_what_follows_the_last_colon_is_a_weight_if_it_is_a_number(
    text: str, ids: list[tuple[str, float]]
):
    assert [(each.id, each.weight) for each in read_adapters(text)] == ids


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (",", "a name is missing"),
        ("ink,", "a name is missing"),
        (":0.5", "a name is missing"),
        ("ink, ink:0.5", "it names one of them twice"),
        ("a,b,c,d,e", f"it names more than {MOST_ADAPTERS}"),
        ("ink:11", f"a weight is a number from -{LARGEST_WEIGHT:g} to {LARGEST_WEIGHT:g}"),
    ],
)
def test_what_is_no_list_of_adapters_is_told(text: str, told: str):
    with pytest.raises(ValueError, match=told):
        read_adapters(text)
