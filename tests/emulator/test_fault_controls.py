"""Faults are set, shown, used up, healed and taken away; each account has its own."""

from pathlib import Path

import httpx
import pytest
from controlling import Tester

from kaiga.domain.emulation.fault_kinds import KINDS
from kaiga.domain.errors import StartRefused
from kaiga.emulation_plans import read_plan_file, read_ready_plans
from running import RunningKaiga, wait_until

PLANS = (
    "a-bad-day-in-singapore",
    "expired-links",
    "flaky-network",
    "lost-tasks",
    "moderation",
    "notices",
    "slow-queue",
)


def test_a_fault_is_shown_as_it_acts_and_with_how_often_it_did(tester: Tester):
    made = tester.fault("throttled", times=1)
    for _ in range(3):
        tester.create()

    [shown] = tester.faults()
    assert shown["id"] == made["id"]
    assert (shown["kind"], shown["on"], shown["code"]) == (
        "throttled",
        ["create"],
        "Throttling.RateQuota",
    )
    assert (shown["seen"], shown["fired"]) == (3, 1)


def test_another_account_never_meets_it_and_never_sees_it(tester: Tester, emulator: RunningKaiga):
    tester.fault("throttled")

    with Tester(emulator) as other:
        assert other.create().status_code == 200
        assert other.faults() == []
        assert other.ask("DELETE", f"faults/{tester.faults()[0]['id']}").status_code == 404
    assert tester.create().status_code == 429


def test_an_expired_fault_heals_by_itself(tester: Tester):
    tester.fault("throttled", expires_after_seconds=0.3)
    assert tester.create().status_code == 429

    wait_until(lambda: tester.create().status_code == 200, "the fault has healed")
    assert tester.faults() == []


def test_a_frozen_clock_keeps_no_fault_alive(tester: Tester):
    tester.control("PATCH", "clock", json={"frozen": True})
    tester.fault("throttled", expires_after_seconds=0.2)

    wait_until(lambda: tester.create().status_code == 200, "the fault has healed")


def test_the_same_seed_makes_the_same_day_twice(tester: Tester, emulator: RunningKaiga):
    with Tester(emulator) as other:
        days = []
        for each in (tester, other):
            each.fault("error", on="query", probability=0.5, seed=11)
            days.append([each.api.get("/tasks/any").status_code for _ in range(30)])

    assert days[0] == days[1]
    assert set(days[0]) == {200, 500}


def test_one_or_all_can_be_taken_away(tester: Tester):
    first = tester.fault("throttled")
    tester.fault("error")

    tester.control("DELETE", f"faults/{first['id']}")
    assert [each["kind"] for each in tester.faults()] == ["error"]
    tester.control("DELETE", "faults")
    assert tester.faults() == []
    assert tester.create().status_code == 200


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({}, "kind"),
        ({"kind": "earthquake"}, "kind must be one of throttled"),
        ({"kind": "throttled", "on": "moon"}, "$.on"),
        ({"kind": "throttled", "probability": 2}, "$.probability"),
        ({"kind": "throttled", "expires_after_seconds": 0}, "expires_after_seconds"),
        ({"kind": "throttled", "when": "now"}, "when"),
        ({"kind": "link-gone", "status": 500}, "not status"),
        ({"kind": "wrong-content-type", "content_type": "text/plain\n"}, "$.content_type"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_and_the_member_named(
    tester: Tester, fault: dict[str, object], said: str
):
    answer = tester.ask("POST", "faults", json=fault)

    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidParameter"
    assert said in answer.json()["message"]
    assert tester.faults() == []


def test_the_kinds_are_told(tester: Tester):
    kinds = tester.control("GET", "faults/kinds")["kinds"]

    assert [kind["name"] for kind in kinds] == list(KINDS)
    assert all(kind["says"] and kind["points"] for kind in kinds)


def test_the_ready_plans_are_told_with_what_they_are_for(tester: Tester):
    plans = tester.control("GET", "faults/plans")["plans"]

    assert tuple(plan["name"] for plan in plans) == PLANS
    assert all(plan["says"].endswith(".") for plan in plans)


@pytest.mark.parametrize("name", PLANS)
def test_every_ready_plan_can_be_set_as_it_is_and_as_it_is_shown(tester: Tester, name: str):
    added = tester.control("POST", f"faults/plans/{name}")["faults"]
    tester.control("DELETE", "faults")
    [plan] = [
        each for each in tester.control("GET", "faults/plans")["plans"] if each["name"] == name
    ]
    sent = tester.control("POST", "faults/plans", json={"faults": plan["faults"]})["faults"]

    assert [each["kind"] for each in added] == [each["kind"] for each in sent]
    assert len(sent) == len(read_ready_plans()[name].faults)


def test_a_plan_that_is_not_there_is_told(tester: Tester):
    answer = tester.ask("POST", "faults/plans/a-good-day")

    assert answer.status_code == 404
    assert "faults/plans" in answer.json()["message"]


def test_a_bad_day_throttles_and_drops_creates_and_lets_others_through(tester: Tester):
    tester.control("POST", "faults/plans/a-bad-day-in-singapore")

    met = [create_or_drop(tester) for _ in range(12)]

    assert {"200", "429", "RemoteProtocolError"} <= set(met)
    assert met[2] == "RemoteProtocolError"


def create_or_drop(tester: Tester) -> str:
    try:
        return str(tester.create().status_code)
    except httpx.RemoteProtocolError as error:
        return type(error).__name__


def test_every_account_has_the_faults_of_the_start(tmp_path: Path, start_server):
    plan = tmp_path / "plan.toml"
    plan.write_text('[[faults]]\nkind = "throttled"\nnth = 1\n')
    server = start_server({"KAIGA_EMULATOR": "true", "KAIGA_EMULATOR_FAULTS": str(plan)})

    with Tester(server) as first, Tester(server) as second:
        for each in (first, second):
            assert [each.create().status_code for _ in range(2)] == [429, 200]
        assert first.faults()[0]["expires_at"] is None
        first.control("DELETE", "faults")
        assert first.faults() == []


def test_a_plan_for_the_start_may_be_json(tmp_path: Path):
    file = tmp_path / "plan.json"
    file.write_text('{"faults": [{"kind": "throttled", "nth": 2}]}')

    assert [(fault.kind, fault.nth) for fault in read_plan_file(file).faults] == [("throttled", 2)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[faults]]\nkind = "earthquake"\n', "kind must be one of throttled"),
        ('[[faults]]\nkind = "throttled"\nnth = 0\n', "nth"),
        ('says = "nothing"\n', "faults"),
        ("[[faults\n", "plan.toml"),
        (None, "plan.toml"),
    ],
)
def test_a_file_that_is_no_plan_is_refused_by_name(tmp_path: Path, text: str | None, said: str):
    file = tmp_path / "plan.toml"
    if text is not None:
        file.write_text(text)

    with pytest.raises(StartRefused, match=said) as refused:
        read_plan_file(file)
    assert "plan.toml" in str(refused.value)
