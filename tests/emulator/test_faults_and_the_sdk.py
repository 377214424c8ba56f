"""What users of the official Python SDK meet whose calls have faults.

All are met by one program, each user with a key of its own (`clients/scripts/meeting_faults.py`).
"""

import json

import pytest

from clients.programs import Report, run_program
from kaiga.domain.emulation.fault_kinds import KINDS
from running import RunningKaiga

REFUSED = {"http_status": 400, "code": "DataInspectionFailed"}
MET = {
    # kind: what the user does, values, what the user sees, in how many calls if that is sure
    "throttled": ("create", {}, {"http_status": 429, "code": "Throttling.RateQuota"}, 1),
    "error": ("create", {}, {"http_status": 500, "code": "InternalError"}, 1),
    "create-inspection": ("create", {}, REFUSED, 1),
    "dropped-before": ("create", {}, {"raised": "ConnectionError"}, 2),
    "dropped-after": ("create", {}, {"raised": "ConnectionError"}, 2),
    "slow-answer": ("create", {"seconds": 0.2}, {"http_status": 200, "code": ""}, 1),
    "slow-body": ("create", {"seconds": 0.2}, {"http_status": 200, "code": ""}, 1),
    "malformed-json": ("create", {}, {"raised": "JSONDecodeError"}, 1),
    "wrong-content-type": ("create", {"on": "create"}, {"http_status": 200}, 1),
    "lost-task": ("wait", {}, {"status": "UNKNOWN", "code": None}, 2),
    "task-failed": ("wait", {}, {"status": "FAILED", "code": "InternalError.Algo"}, 2),
    "task-inspection": ("wait", {}, {"status": "FAILED", "code": "DataInspectionFailed"}, 2),
    "result-inspection": (
        "wait",
        {"result": 1},
        {"status": "SUCCEEDED", "codes": [None, "DataInspectionFailed"]},
        2,
    ),
    "stuck-pending": ("fetch", {}, {"status": "PENDING"}, 2),
    "stuck-running": ("watch", {}, {"status": "RUNNING"}, None),
}
"""By kind. The SDK itself sends a create again whose connection was dropped."""
MORE = {
    "a poll that is throttled": ("fetch", "throttled", {"on": "query"}, {"http_status": 429}, 2),
    "a create that the new client tries again": (
        "create_anew",
        "throttled",
        {"times": 1, "retry_after_seconds": 0},
        {"status": "PENDING"},
        2,
    ),
    "a task that the new client makes twice": (
        "create_anew",
        "dropped-after",
        {"times": 1},
        {"status": "PENDING"},
        2,
    ),
    "an error that the new client raises": (
        "create_anew",
        "create-inspection",
        {},
        {"raised": "DashScopeError", **REFUSED},
        1,
    ),
}
ALL = {**{kind: (act, kind, *rest) for kind, (act, *rest) in MET.items()}, **MORE}


@pytest.fixture(scope="module")
def report(emulator: RunningKaiga) -> Report:
    users = {
        name: (act, [{"kind": kind, **values}]) for name, (act, kind, values, *_) in ALL.items()
    }
    return run_program("meeting_faults", emulator, json.dumps(users))


@pytest.mark.parametrize("name", ALL)
def test_a_user_of_the_sdk_sees(report: Report, name: str):
    *_, seen, calls = ALL[name]

    assert {member: report[name].get(member) for member in seen} == seen
    assert calls in {None, report[name]["calls"]}


def test_every_fault_of_calls_and_tasks_is_met_by_a_user_of_the_sdk():
    without_sdk = {name for name, kind in KINDS.items() if set(kind.points) <= {"file", "notice"}}

    assert MET.keys() == KINDS.keys() - without_sdk
