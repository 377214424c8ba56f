"""Parameters that were checked before are not checked again, and nobody can tell."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.checking import DRAWN_SEED, make_model
from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.fields import BooleanField, IntegerField, TextField
from kaiga.domain.generation import Generation
from kaiga.domain.validation import Faults, OrderRules
from kaiga.domain.validation.order_rules import _SETS_REMEMBERED

MODEL = read_catalogue().find_model("wan2.5-t2i-preview")
assert MODEL is not None
ENDPOINT = MODEL.endpoints[0]
INPUT = {"prompt": "a cat"}
ONES = [1, True, 1.0, "1"]
VALUES = st.sampled_from([*ONES, 0, False, 0.0, -0.0, 2, "", None, "1024*1024", "768*768", [1], {}])
PARAMETERS = st.dictionaries(
    st.sampled_from(["n", "size", "seed", "watermark", "prompt_extend"]), VALUES
)


def make_rules() -> OrderRules:
    assert MODEL is not None
    return OrderRules(MODEL, ENDPOINT)


def tell(checked: Generation | Faults) -> object:
    """Types count: 1 and True are equal."""
    return repr(checked)


@pytest.mark.parametrize("first", ONES, ids=repr)
def test_a_number_a_switch_and_a_text_are_told_apart_whichever_came_first(first: object):
    rules = make_rules()
    rules.check(INPUT, {"n": first}, DRAWN_SEED)
    rules.check(INPUT, {"watermark": first}, DRAWN_SEED)

    counts = [rules.check(INPUT, {"n": one}, DRAWN_SEED) for one in ONES]
    switches = [rules.check(INPUT, {"watermark": one}, DRAWN_SEED) for one in ONES]

    assert [isinstance(each, Generation) for each in counts] == [True, False, True, True]
    assert [isinstance(each, Generation) for each in switches] == [False, True, False, False]


@given(st.lists(PARAMETERS, max_size=12))
def test_what_was_checked_before_changes_no_answer(orders: list[dict[str, Any]]):
    rules = make_rules()

    for parameters in [*orders, *orders]:
        fresh = make_rules().check(INPUT, parameters, DRAWN_SEED)
        assert tell(rules.check(INPUT, parameters, DRAWN_SEED)) == tell(fresh)


def test_an_answer_holds_nothing_of_an_earlier_order_s_input():
    rules = make_rules()
    checked = [
        rules.check({"prompt": prompt, **more}, {"n": 1}, seed)
        for seed, (prompt, more) in enumerate([("a", {"negative_prompt": "x"}), ("b", {})])
    ]

    assert [each.prompt for each in checked if isinstance(each, Generation)] == ["a", "b"]
    assert [each.negative_prompt for each in checked if isinstance(each, Generation)] == ["x", ""]
    assert [each.seed for each in checked if isinstance(each, Generation)] == [0, 1]


def test_only_so_many_sets_are_remembered():
    rules = make_rules()

    for seed in range(3 * _SETS_REMEMBERED):
        rules.check(INPUT, {"seed": seed}, DRAWN_SEED)

    assert rules._recall is not None
    assert rules._recall.cache_info().currsize == _SETS_REMEMBERED


def test_neither_faults_nor_what_may_be_long_is_remembered():
    rules = make_rules()
    rules.check(INPUT, {"size": "x" * 10_000}, DRAWN_SEED)
    model = make_model(parameters={"a": TextField(), "n": IntegerField(), "b": BooleanField()})

    assert rules._recall is not None
    assert rules._recall.cache_info().currsize == 0
    assert OrderRules(model, model.endpoints[0])._recall is None
