"""What commands that do something say of it to programs."""

import json
from typing import Any


def test_what_is_made_and_undone_without_a_server_is_told_as_json(quick_terminal: Any):
    def read(*arguments: str, **settings: str) -> Any:
        return json.loads(quick_terminal.succeed(*arguments, "--json", settings=settings))

    key = read("keys", "create")
    archive = str(quick_terminal.folder / "kaiga.tar")
    counted = {"tasks": 0, "objects": 0, "left_out": 0}

    assert read("backup", archive) == {"file": archive, **counted}
    restored = str(quick_terminal.folder / "restored")
    assert read("restore", archive, "--data", restored) == {"data": restored, **counted}
    assert read("keys", "rotate-links") == {}
    assert read("keys", "revoke", key["id"]) == {"id": key["id"]}
    read("limits", "set", "--model", "wan2.6-t2v", "--queued-tasks", "5")
    assert read("limits", "remove", "--model", "wan2.6-t2v")["model"] == "wan2.6-t2v"


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
