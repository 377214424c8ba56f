"""What commands that do something say of it to programs."""

import json
from typing import Any

import pytest


def read(terminal: Any, *arguments: str) -> Any:
    return json.loads(terminal.succeed(*arguments, "--json"))


def test_what_is_made_and_undone_without_a_server_is_told_as_json(quick_terminal: Any):
    key = read(quick_terminal, "keys", "create")

    assert read(quick_terminal, "keys", "rotate-links") == {}
    assert read(quick_terminal, "keys", "revoke", key["id"]) == {"id": key["id"]}
    read(quick_terminal, "limits", "set", "--model", "wan2.6-t2v", "--queued-tasks", "5")
    removed = read(quick_terminal, "limits", "remove", "--model", "wan2.6-t2v")
    assert removed["model"] == "wan2.6-t2v"


@pytest.mark.sqlite("a PostgreSQL is backed up by its own tools, such as pg_dump")
def test_a_backup_and_its_restoration_are_told_as_json(quick_terminal: Any):
    read(quick_terminal, "keys", "create")
    archive, restored = (str(quick_terminal.folder / name) for name in ("kaiga.tar", "restored"))
    counted = {"tasks": 0, "objects": 0, "left_out": 0}

    assert read(quick_terminal, "backup", archive) == {"file": archive, **counted}
    again = read(quick_terminal, "restore", archive, "--data", restored)
    assert again == {"data": restored, **counted}


def test_what_leads_clients_here_is_told_as_json(quick_terminal: Any):
    settings = {"KAIGA_API_KEY": "sk-mine"}

    variables = json.loads(quick_terminal.succeed("env", "--json", settings=settings))
    postman = json.loads(quick_terminal.succeed("postman", "--json", settings=settings))

    assert variables["DASHSCOPE_API_KEY"] == "sk-mine"
    assert variables["DASHSCOPE_HTTP_BASE_URL"].endswith("/api/v1")
    assert sorted(postman["files"]) == sorted(
        each.name for each in quick_terminal.folder.glob("*postman*.json")
    )
    assert "kaiga.postman_collection.json" in postman["files"]


def test_the_secret_for_addresses_of_tasks_is_told_as_json(
    quick_terminal: Any, at_idle_server: dict[str, str]
):
    plain = quick_terminal.succeed("webhooks", "secret", settings=at_idle_server)
    told = quick_terminal.succeed("webhooks", "secret", "--json", settings=at_idle_server)

    assert json.loads(told) == {"secret": plain.strip()}
