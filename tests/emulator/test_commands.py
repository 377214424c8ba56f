"""`kaiga emulator`: what people type to control an emulator."""

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from cli.conftest import QuickTerminal
from running import CREATE, RunningKaiga

SEED = """
[[tasks]]
model = "wan2.5-t2i-preview"
input = { prompt = "teal" }
results = [{ file = "teal.png" }]
"""


class Controls:
    """Commands of one key at one emulator."""

    def __init__(self, terminal: QuickTerminal, server: RunningKaiga, key: str) -> None:
        self._terminal = terminal
        self.at_server = {"DASHSCOPE_HTTP_BASE_URL": server.api_url, "DASHSCOPE_API_KEY": key}

    def tell(self, *arguments: str) -> str:
        return self._terminal.succeed("emulator", *arguments, settings=self.at_server)

    def read(self, *arguments: str) -> Any:
        return json.loads(self.tell(*arguments, "--json"))

    def fail(self, *arguments: str, status: int = 1) -> str:
        words = ("emulator", *arguments)
        return self._terminal.fail(*words, settings=self.at_server, status=status)


@pytest.fixture
def controls(tmp_path: Path, emulator: RunningKaiga, request: pytest.FixtureRequest) -> Controls:
    return Controls(QuickTerminal(tmp_path), emulator, f"sk-{request.node.name}")


def test_a_clock_that_is_frozen_says_so_and_runs_again(controls: Controls):
    frozen = controls.tell("clock", "freeze")
    shown = controls.read("clock", "show")
    controls.tell("clock", "run")

    assert "stands still" in frozen
    assert shown["frozen"] is True
    assert controls.read("clock", "show")["frozen"] is False


def test_a_frozen_clock_is_ahead_by_the_time_that_was_written(controls: Controls):
    before = controls.read("clock", "freeze")["now"]
    after = controls.read("clock", "advance", "1d1h30s")["now"]

    assert seconds_of(after) - seconds_of(before) == 86_400 + 3_600 + 30


def test_a_reset_clock_is_in_the_present_again(controls: Controls):
    controls.tell("clock", "advance", "400d")
    ahead = controls.read("clock", "show")["now"]

    assert controls.read("clock", "reset")["now"] < ahead


@pytest.mark.parametrize("text", ["25", "h", "1x", "-1h", "1h 30m", ""])
def test_what_is_no_time_is_refused_with_one_that_is(controls: Controls, text: str):
    assert "such as 25h" in controls.fail("clock", "advance", "--", text, status=2)


def test_an_admin_moves_the_clock_of_an_account_that_it_names(
    controls: Controls, emulator: RunningKaiga
):
    account = controls.read("clock", "show")["account"]
    admin = ("--key", emulator.key, "--account", account)

    controls.tell("clock", "freeze", *admin)

    assert controls.read("clock", "show")["frozen"] is True
    assert controls.read("clock", "show", "--key", emulator.key)["frozen"] is False


def test_another_account_is_not_to_be_named_without_that_role(controls: Controls):
    assert "role admin" in controls.fail("clock", "freeze", "--account", "emu-else")


def test_a_pace_is_shown_as_it_was_set_and_reset(controls: Controls):
    controls.tell("pace", "set", "--pending", "2s", "--running", "1m", "--jitter", "0.5")
    controls.tell("pace", "set", "--running", "3m", "--model", "wan2.6-t2v")
    shown = controls.read("pace", "show")
    controls.tell("pace", "reset")

    assert shown["default"] == {"pending_seconds": 2, "running_seconds": 60, "jitter": 0.5}
    assert shown["models"]["wan2.6-t2v"]["running_seconds"] == 180
    assert controls.read("pace", "show")["models"] == {}


def test_a_fault_is_set_with_scope_and_values_and_removed_by_its_id(controls: Controls):
    fault_id = controls.tell(
        *("faults", "add", "error", "--on", "query", "--model", "wan2.6-t2v", "--every", "3"),
        *("--times", "2", "--for", "1h", "--set", "status=503", "--set", "code=Busy"),
    ).strip()
    [shown] = controls.read("faults", "list")["faults"]
    listed = controls.tell("faults", "list")
    controls.tell("faults", "remove", fault_id)

    assert shown["id"] == fault_id
    assert (shown["status"], shown["code"]) == (503, "Busy")
    assert (shown["every"], shown["times"], shown["expires_after_seconds"]) == (3, 2, 3600)
    assert all(word in listed for word in (fault_id, "error", "query", "wan2.6-t2v", "code=Busy"))
    assert controls.tell("faults", "list") == "No faults.\n"


def test_a_kind_of_fault_that_does_not_exist_is_answered_with_those_that_do(controls: Controls):
    assert "kind must be one of throttled" in controls.fail("faults", "add", "earthquake")
    assert "throttled" in controls.tell("faults", "kinds")


def test_faults_come_from_plans_by_name_and_by_file(controls: Controls, tmp_path: Path):
    (tmp_path / "mine.toml").write_text('[[faults]]\nkind = "lost-task"\nevery = 4\n')
    name = controls.read("faults", "plans")["plans"][0]["name"]

    named = controls.read("faults", "apply", name)["faults"]
    [own] = controls.read("faults", "apply", "mine.toml")["faults"]
    listed = controls.read("faults", "list")["faults"]
    controls.tell("faults", "remove", "--all")

    assert [fault["id"] for fault in listed] == [*(fault["id"] for fault in named), own["id"]]
    assert (own["kind"], own["every"]) == ("lost-task", 4)
    assert controls.read("faults", "list")["faults"] == []


def test_a_plan_that_cannot_be_read_is_named(controls: Controls):
    assert "nowhere.toml can't be read" in controls.fail("faults", "apply", "nowhere.toml")


def test_what_arrived_is_listed_with_its_fault_and_forgotten(
    controls: Controls, emulator: RunningKaiga, request: pytest.FixtureRequest
):
    controls.tell("faults", "add", "throttled", "--nth", "2")
    with emulator.client(f"sk-{request.node.name}") as client:
        emulator.submit(client, "a red kite")
        refused = client.post(CREATE, json={}, headers={"X-DashScope-Async": "enable"})

    listed = controls.tell("requests")
    first, second = controls.read("requests", "--forget")["requests"]

    assert refused.status_code == 429
    assert first["body"]["input"]["prompt"] == "a red kite"
    assert (first["status"], second["status"]) == (200, 429)
    assert [line.split()[-2:] for line in listed.splitlines()[1:]] == [
        ["200", "-"],
        ["429", "throttled"],
    ]
    assert controls.tell("requests") == "No requests.\n"


def test_a_seed_is_loaded_with_the_files_beside_it_and_its_tasks_are_listed(
    controls: Controls, tmp_path: Path, emulator: RunningKaiga, request: pytest.FixtureRequest
):
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(picture, "PNG")
    (tmp_path / "teal.png").write_bytes(picture.getvalue())
    (tmp_path / "seed.toml").write_text(SEED)

    [task_id] = controls.read("seed", "seed.toml")["tasks"]
    listed = controls.tell("tasks")
    with emulator.client(f"sk-{request.node.name}") as client:
        output = client.get(f"/tasks/{task_id}").json()["output"]
        saved = client.get(output["results"][0]["url"])

    assert saved.content == picture.getvalue()
    assert all(word in listed for word in (task_id, "SUCCEEDED", "wan2.5-t2i-preview"))
    assert "no seed" in controls.fail("seed", "teal.png")


def test_after_a_reset_no_task_is_listed(
    controls: Controls, emulator: RunningKaiga, request: pytest.FixtureRequest
):
    with emulator.client(f"sk-{request.node.name}") as client:
        emulator.submit(client)
    before = controls.read("tasks")["tasks"]

    assert controls.tell("reset") == "Nothing is left of the account.\n"
    assert len(before) == 1
    assert controls.tell("tasks") == "No tasks.\n"


def test_an_account_is_shown_with_its_key_as_prefix_and_hash(controls: Controls):
    [account] = controls.read("accounts")["accounts"]

    assert account["keys"][0]["hash"] in controls.tell("accounts")
    assert "sk-test_an_account_is_shown" not in controls.tell("accounts")


def test_no_notices_were_sent_where_no_webhook_is(controls: Controls):
    assert controls.tell("webhooks") == "No notices.\n"


def test_a_kaiga_that_is_no_emulator_says_how_to_get_one(
    controls: Controls, idle_server: RunningKaiga
):
    at = ("--url", idle_server.base_url, "--key", idle_server.key)

    assert "kaiga serve --emulator" in controls.fail("clock", "show", *at)


def seconds_of(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp())
