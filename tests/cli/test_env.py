"""`kaiga env`: lines that shells take."""

import subprocess
from typing import Any

import httpx
import pytest

from kaiga.cli.env import Shell, make_assignment

READ_BACK = 'printf "%s\\n%s" "$DASHSCOPE_API_KEY" "$DASHSCOPE_HTTP_BASE_URL"'


def test_a_shell_takes_the_running_servers_key_and_address(
    terminal: Any, server: Any, at_server: dict[str, str]
):
    lines = terminal.succeed("env", settings=at_server)

    key, base_url = evaluate(lines)
    assert key == server.key
    assert httpx.get(f"{base_url}/tasks", headers={"Authorization": f"Bearer {key}"}).is_success


def test_without_a_server_the_configured_address_is_given(quick_terminal: Any):
    settings = {"KAIGA_API_KEY": "sk-mine", "KAIGA_HOST": "0.0.0.0", "KAIGA_PORT": "8765"}  # noqa: S104  a setting, not bound

    lines = quick_terminal.succeed("env", settings=settings)

    assert evaluate(lines) == ["sk-mine", "http://127.0.0.1:8765/api/v1"]


def test_a_key_with_quotes_and_spaces_survives_the_shell(quick_terminal: Any):
    key = "a b'c\"d$HOME"

    assert evaluate(quick_terminal.succeed("env", settings={"KAIGA_API_KEY": key}))[0] == key


@pytest.mark.parametrize(
    ("shell", "line"),
    [
        (Shell.SH, "export NAME='it'\"'\"'s'"),
        (Shell.FISH, "set -gx NAME 'it\\'s'"),
        (Shell.POWERSHELL, "$env:NAME = 'it''s'"),
    ],
)
def test_each_shell_is_quoted_its_own_way(shell: Shell, line: str):
    assert make_assignment(shell, "NAME", "it's") == line


def test_without_a_key_it_is_said_how_to_make_one(quick_terminal: Any):
    message = quick_terminal.fail("env")

    assert "There is no key to show" in message
    assert "kaiga keys create" in message


def test_an_address_that_is_not_known_yet_is_not_made_up(quick_terminal: Any):
    message = quick_terminal.fail("env", settings={"KAIGA_PORT": "0", "KAIGA_API_KEY": "sk-mine"})

    assert "KAIGA_PORT is 0" in message


def evaluate(lines: str) -> list[str]:
    done = subprocess.run(
        ["sh", "-c", f"{lines}\n{READ_BACK}"], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()
