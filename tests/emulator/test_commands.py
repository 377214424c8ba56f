"""`kaiga emulator`: what people type to control an emulator."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import QuickTerminal
from running import RunningKaiga


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


def test_a_kaiga_that_is_no_emulator_says_how_to_get_one(
    controls: Controls, idle_server: RunningKaiga
):
    at = ("--url", idle_server.base_url, "--key", idle_server.key)

    assert "kaiga serve --emulator" in controls.fail("clock", "show", *at)


def seconds_of(instant: str) -> int:
    return round(datetime.fromisoformat(instant).timestamp())
