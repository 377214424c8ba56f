"""The routes by which tests control an emulator; no other server has them."""

from collections.abc import Mapping, Sequence

from kaiga.http.operations.description.parts import (
    Schema,
    answer_with,
    in_path,
    json_body,
    json_response,
    operation,
    query,
)

EMULATOR_TAG = "Kaiga: emulator"
_PATH = "/kaiga/v1/emulator"
_OBJECT: Schema = {"type": "object"}
_ACCOUNT = query("account", meaning="Another account, for keys with the role admin")
_ALL = query("all", {"enum": ["true"]}, "Every account, for keys with the role admin")
_FAULT = {"kind": "throttled", "times": 1}

_Described = tuple[str, str, str, Mapping[str, object] | None]
_ROUTES: Mapping[str, Sequence[_Described]] = {
    "reset": [("post", "reset_account", "Take an account back to its beginning", None)],
    "accounts": [("get", "show_accounts", "Show the account and its keys", None)],
    "tasks": [("get", "show_tasks", "Show tasks with everything that is kept", None)],
    "seed": [("post", "seed", "Load accounts, tasks and keys", {})],
    "clock": [
        ("get", "show_clock", "Show the account's clock", None),
        ("patch", "change_clock", "Freeze it, run it, move it on", {"advance_seconds": 90000}),
        ("delete", "reset_clock", "Have it go with the machine's again", None),
    ],
    "pace": [
        ("get", "show_pace", "Show how long tasks wait and run", None),
        ("put", "set_pace", "Say how long they do", {"default": {"running_seconds": 8}}),
        ("delete", "reset_pace", "Have them end at once again", None),
    ],
    "faults": [
        ("get", "list_faults", "List the faults that are set", None),
        ("post", "set_fault", "Set a fault", _FAULT),
        ("delete", "remove_faults", "Take all away", None),
    ],
    "faults/{fault_id}": [("delete", "remove_fault", "Take one away", None)],
    "faults/kinds": [("get", "list_fault_kinds", "List the kinds, with what each takes", None)],
    "faults/plans": [
        ("get", "list_plans", "List the ready plans", None),
        ("post", "set_plan", "Set the faults of a plan", {"says": "a bad day", "faults": [_FAULT]}),
    ],
    "faults/plans/{name}": [("post", "set_ready_plan", "Set the faults of a ready plan", None)],
    "requests": [
        ("get", "show_requests", "Show the latest calls", None),
        ("delete", "forget_requests", "Forget them", None),
    ],
    "webhooks": [("get", "show_notices", "Show what was sent to webhooks", None)],
}
"""What is below the path: the method, a name, what it does, and a body where it takes one."""
_OF_ALL = frozenset({"reset", "requests", "accounts"})


def describe_emulator() -> Schema:
    """Describe the control of an emulator; docs/emulator.md tells what it means."""
    return {f"{_PATH}/{path}": _describe_path(path, routes) for path, routes in _ROUTES.items()}


def _describe_path(path: str, routes: Sequence[_Described]) -> Schema:
    named = [in_path(part[1:-1]) for part in path.split("/") if part[:1] == "{"]
    whose = [_ACCOUNT, _ALL] if path in _OF_ALL else [_ACCOUNT]
    return {
        "parameters": [*named, *whose],
        **{
            method: operation(
                name,
                EMULATOR_TAG,
                summary,
                json_response(answer_with({})),
                body=None if body is None else json_body(_OBJECT, {"example": body}),
            )
            for method, name, summary, body in routes
        },
    }
