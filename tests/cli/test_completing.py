"""What Tab offers, as the scripts of the four shells ask for it."""

import subprocess
import sys
from typing import Any

import pytest


def complete(
    terminal: Any, line: str, settings: dict[str, str] | None = None, shell: str = "bash"
) -> list[str]:
    words = line.split(" ")
    asked = {
        "_KAIGA_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    if shell != "bash":
        asked = {
            "_KAIGA_COMPLETE": f"complete_{shell}",
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_WORD_TO_COMPLETE": words[-1],
        }
    return terminal.succeed(settings={**(settings or {}), **asked}).splitlines()


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("kaiga ta", ["tasks"]),
        ("kaiga tasks wa", ["watch"]),
        ("kaiga models z-image", ["z-image-turbo"]),
        ("kaiga generate --no-p", ["--no-preview"]),
        ("kaiga generate cat --model wan2.5-t2i", ["wan2.5-t2i-preview"]),
        ("kaiga emulator faults add thr", ["throttled"]),
        ("kaiga emulator faults apply flaky", ["flaky-network"]),
    ],
)
def test_what_begins_so_is_offered(terminal: Any, line: str, offered: list[str]):
    assert complete(terminal, line) == offered


def test_the_servers_newest_tasks_are_offered(
    terminal: Any, idle_server: Any, at_idle_server: dict[str, str]
):
    with idle_server.client() as client:
        task_ids = [idle_server.submit(client) for _ in range(2)]

    offered = complete(terminal, "kaiga tasks cancel ", at_idle_server)

    assert offered[:2] == task_ids[::-1]


def test_without_a_server_nothing_is_offered_and_nothing_complained_of(terminal: Any):
    assert [line for line in complete(terminal, "kaiga tasks show ") if line] == []


@pytest.mark.parametrize("shell", ["zsh", "fish", "powershell"])
def test_every_shell_is_offered_the_model_with_what_it_is(terminal: Any, shell: str):
    (offered,) = complete(terminal, "kaiga models z-image", shell=shell)

    assert "z-image-turbo" in offered
    assert len(offered) > len("z-image-turbo") + 10


def test_a_name_is_completed_without_loading_what_is_behind_the_names(terminal: Any):
    environment = terminal.environment(
        {"_KAIGA_COMPLETE": "complete_bash", "COMP_WORDS": "kaiga ", "COMP_CWORD": "1"}
    )
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "kaiga"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "kaiga.cli.main" in loaded
    assert (
        loaded & {"httpx", "rich", "PIL", "kaiga.catalogue", "kaiga.store", "kaiga.http"} == set()
    )
