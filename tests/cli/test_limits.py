"""`kaiga limits`: through a server that runs, and in the store where none does."""

import json
from typing import Any

import pytest

ACCOUNT = "3000000000000001"


def run_json(terminal: Any, *arguments: str, settings: dict[str, str] | None = None) -> Any:
    return json.loads(terminal.succeed("limits", *arguments, "--json", settings=settings))


@pytest.fixture(params=["with a server", "without one"])
def settings(request: pytest.FixtureRequest, quick_terminal: Any) -> dict[str, str]:
    """Where limits are administered: on a server, and in a store of the test's own."""
    if request.param == "with a server":
        return request.getfixturevalue("at_idle_server")
    quick_terminal.succeed("keys", "create")
    return {}


def test_what_is_set_is_listed_until_it_is_removed(quick_terminal: Any, settings: dict[str, str]):
    of_account = ("--account", ACCOUNT)
    first = run_json(quick_terminal, "set", *of_account, "--running-tasks", "2", settings=settings)
    changed = run_json(
        quick_terminal,
        *("set", *of_account, "--queued-tasks", "none", "--weight", "2.5"),
        settings=settings,
    )

    listed = run_json(quick_terminal, "list", settings=settings)
    shown = quick_terminal.succeed("limits", "list", settings=settings).splitlines()
    quick_terminal.succeed("limits", "remove", *of_account, settings=settings)

    assert first == {"account": ACCOUNT, "running_tasks": 2}
    assert changed == {**first, "queued_tasks": None, "weight": 2.5}
    assert changed in listed["rules"]
    assert shown[1].split() == ["settings", "-", "-", *["none"] * 5, "-"]
    [row] = [line.split() for line in shown if line.startswith(ACCOUNT)]
    assert row == [ACCOUNT, "any", "-", "-", "-", "2", "none", "-", "2.5"]
    assert changed not in run_json(quick_terminal, "list", settings=settings)["rules"]


def test_everybody_is_meant_where_nobody_is_named(quick_terminal: Any, settings: dict[str, str]):
    changed = run_json(quick_terminal, "set", "--queries-per-second", "1000", settings=settings)
    quick_terminal.succeed("limits", "remove", settings=settings)

    assert changed == {"queries_per_second": 1000}


def test_every_limit_has_its_option(quick_terminal: Any, settings: dict[str, str]):
    options = {
        "submissions_per_second": 1, "submissions_per_minute": 2, "running_tasks": 0,
        "queued_tasks": 3,
    }  # fmt: skip
    arguments = [
        text
        for name, limit in options.items()
        for text in (f"--{name.replace('_', '-')}", str(limit))
    ]
    scope = ("--account", ACCOUNT, "--model", "wan2.5-t2i-preview")

    changed = run_json(quick_terminal, "set", *scope, *arguments, settings=settings)
    quick_terminal.succeed("limits", "remove", *scope, settings=settings)

    assert changed == {"account": ACCOUNT, "model": "wan2.5-t2i-preview", **options}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("set",), "A rule must set one of"),
        (("set", "--queued-tasks", "0"), "queued_tasks must be a whole number from 1"),
        (("set", "--model", "wan0.0-none", "--running-tasks", "1"), "wan0.0-none is none"),
        (("set", "--key-id", "1", "--queries-per-second", "1"), "No API key has that id."),
        (("remove", "--account", "nobody"), "Nothing is set for that account"),
    ],
)
def test_what_can_not_be_is_refused_alike_with_a_server_and_without(
    quick_terminal: Any, settings: dict[str, str], arguments: tuple[str, ...], named: str
):
    message = quick_terminal.fail("limits", *arguments, settings=settings)

    assert named in message


@pytest.mark.parametrize("text", ["two", "-1", "1.5", "", "９", "9" * 5000])
def test_a_limit_that_is_no_number_is_refused_by_its_option(quick_terminal: Any, text: str):
    message = quick_terminal.fail("limits", "set", f"--running-tasks={text}", status=2)

    assert message == "--running-tasks must be a number or 'none'."


@pytest.mark.sqlite("a PostgreSQL is there before anything is in it")
def test_a_folder_without_a_store_is_left_alone(quick_terminal: Any):
    quick_terminal.fail("limits", "list")
    quick_terminal.fail("limits", "set", "--running-tasks", "1")

    assert not (quick_terminal.folder / "data").exists()


def test_what_the_settings_say_is_shown_first(quick_terminal: Any):
    settings = {
        "KAIGA_LIMIT_SUBMISSIONS_PER_SECOND": "1", "KAIGA_LIMIT_SUBMISSIONS_PER_MINUTE": "2",
        "KAIGA_LIMIT_RUNNING_TASKS": "0", "KAIGA_LIMIT_QUEUED_TASKS": "4",
        "KAIGA_LIMIT_QUERIES_PER_SECOND": "5",
    }  # fmt: skip
    quick_terminal.succeed("keys", "create")

    shown = quick_terminal.succeed("limits", "list", settings=settings).splitlines()

    assert shown[1].split() == ["settings", "-", "-", "1", "2", "0", "4", "5", "-"]


def test_what_was_set_without_a_server_holds_when_one_starts(terminal: Any, start_server: Any):
    terminal.succeed("keys", "create")
    terminal.succeed("limits", "set", "--submissions-per-minute", "1")
    server = start_server({"KAIGA_WORKERS": "0"})

    with server.client() as client:
        server.submit(client)
        body = {"model": "wan2.5-t2i-preview", "input": {"prompt": "a cat"}}
        refused = client.post(
            "/services/aigc/text2image/image-synthesis",
            json=body,
            headers={"X-DashScope-Async": "enable"},
        )

    assert refused.status_code == 429
