"""What the catalogue's data say, in words."""

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.cli.describing.fields import describe_fields, describe_range
from kaiga.cli.describing.limits import describe_limits
from kaiga.cli.describing.rules import describe_rule
from kaiga.domain.catalogue.fields import AreaSizeField, ChoiceField, Field, IntegerField, TextField
from kaiga.domain.catalogue.model import Endpoint, Model, Output
from kaiga.domain.catalogue.rules import Bounds, Condition, OrderRule, Total
from kaiga.domain.media_limits import MediaLimits

CATALOGUE = read_catalogue()


def takes(field: Field) -> str:
    endpoint = Endpoint(operation="a/b/c", mode="async")
    model = Model(
        name="m",
        family="f",
        title="t",
        product="image",
        task="text-to-image",
        endpoints=(endpoint,),
        input={"it": field},
        output=Output(shape="results"),
        usage={},
    )
    return describe_fields(model, endpoint)[0].takes


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (TextField(max_length=9, chinese_counts=2), "text; cut at 9 characters; a Chinese"),
        (IntegerField(minimum=0, maximum=2147483647), "integer; 0 to 2147483647"),
        (IntegerField(values=(5, 10)), "one of 5, 10"),
        (IntegerField(minimum=2, maximum=4, special=(-1,)), "integer; 2 to 4; or -1"),
        (ChoiceField(values=("a", "b"), open=True), "a, b; others pass too"),
        (
            AreaSizeField(
                min_pixels=1, max_pixels=9, min_ratio=(1, 4), max_ratio=(4, 1), tiers=("1K",)
            ),
            "W*H; 1 to 9 pixels; ratio 1:4 to 4:1; or 1K",
        ),
    ],
)
def test_a_member_is_told_with_its_bounds(field: Field, told: str):
    assert takes(field).startswith(told)


@pytest.mark.parametrize("model", CATALOGUE.list_models(), ids=lambda model: model.name)
def test_every_member_and_rule_of_a_model_is_told(model: Model):
    for endpoint in model.endpoints:
        shown = {each.path: each for each in describe_fields(model, endpoint)}
        members = {f"input.{name}" for name in model.input_at(endpoint)}
        members |= {f"parameters.{name}" for name in model.parameters_at(endpoint)}

        assert members <= set(shown)
        assert all(each.takes for each in shown.values())
        assert all(describe_rule(rule) for rule in model.rules_at(endpoint))


@pytest.mark.parametrize("name", CATALOGUE.media_limits)
def test_every_rule_on_files_is_told(name: str):
    assert describe_limits(CATALOGUE.media_limits[name])


def test_a_rule_tells_when_it_holds_and_what_it_asks():
    rule = OrderRule(
        when=Condition(equals={"parameters.a": (False,)}, lacks=("input.b",)),
        requires=("input.c",),
        bounds={"parameters.n": Bounds(minimum=1, maximum=4)},
        total=Total(of=("input.d", "input.e"), minimum=1, maximum=5),
    )

    assert describe_rule(rule) == (
        "where parameters.a is false and input.b not given: needs input.c; parameters.n 1 to 4; "
        "input.d and input.e together 1 to 5"
    )


def test_a_limit_on_files_names_every_bound():
    limits = MediaLimits(
        kind="video",
        formats=("mp4",),
        references=("http", "https"),
        max_bytes=1024 * 1024,
        min_seconds=2.0,
        max_seconds=10.0,
        min_ratio=(1, 2.5),
        max_ratio=(2.5, 1),
    )

    assert describe_limits(limits) == (
        "mp4; at most 1 MiB; ratio 1:2.5 to 2.5:1; 2 to 10 seconds; given by http, https only"
    )


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(None, None, ""), (None, 5, "at most 5 s"), (2, None, "at least 2 s"), (0.5, 1, "0.5 to 1 s")],
)
def test_bounds_are_written_as_far_as_they_are_there(
    low: float | None, high: float | None, told: str
):
    assert describe_range(low, high, "s") == told
