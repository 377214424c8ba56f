"""docs/emulator-faults.md: its tables are the program's own, and its examples are allowed."""

import json
import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from kaiga.domain.emulation.fault_kinds import KINDS, FaultKind, complete_fault
from kaiga.domain.emulation.faults import Fault, FaultPlan, FaultPoint
from kaiga.emulation_plans import read_ready_plans
from kaiga.http.emulator.playing import PLAYERS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "emulator-faults.md").read_text("utf-8")
ROWS = {
    cells[0].strip("`"): cells
    for line in PAGE.splitlines()
    if line.startswith("| `")
    for cells in [[cell.strip() for cell in line.strip("|").split(" | ")]]
}
NOT_OF_CALLS = {FaultPoint.TASK, FaultPoint.NOTICE}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_told_as_it_is(kind: FaultKind):
    _, says, points, takes, _ = ROWS[kind.name]

    assert says == kind.says
    assert points == ", ".join(f"`{point}`" for point in kind.points)
    assert takes == (", ".join(f"`{name}`" for name in kind.takes) or "nothing")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_that_can_be_set(kind: str):
    example = msgspec.json.decode(ROWS[kind][4].strip("`"), type=Fault)

    assert complete_fault(example).kind == kind


@pytest.mark.parametrize(("name", "plan"), read_ready_plans().items())
def test_every_ready_plan_is_told_as_it_is(name: str, plan: FaultPlan):
    assert ROWS[name][1] == plan.says


def test_every_member_and_every_point_is_told():
    values = {name for kind in KINDS.values() for name in kind.takes}

    assert ROWS.keys() >= set(FaultPoint)
    assert ROWS.keys() >= set(Fault.__struct_fields__) - values - {"kind"}


def test_the_plan_of_the_page_is_one():
    [text] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

    plan = msgspec.convert(tomllib.loads(text), FaultPlan)

    assert [complete_fault(fault).kind for fault in plan.faults] == ["throttled", "slow-answer"]


def test_the_call_of_the_page_is_allowed():
    [body] = re.findall(r"-d '(.*)'", PAGE)

    assert complete_fault(msgspec.convert(json.loads(body), Fault)).times == 2


def test_every_kind_that_acts_at_calls_has_a_player():
    of_calls = {name for name, kind in KINDS.items() if not NOT_OF_CALLS & set(kind.points)}

    assert PLAYERS.keys() == of_calls
