"""`kaiga postman`: two files for the server at hand."""

import json
import stat
from pathlib import Path
from typing import Any

COLLECTION = "kaiga.postman_collection.json"
ENVIRONMENT = "kaiga.postman_environment.json"
CLOUDS = [
    f"model-studio-{place}.postman_environment.json"
    for place in ("beijing", "singapore", "virginia")
]


def variables_of(folder: Path) -> dict[str, str]:
    environment = json.loads((folder / ENVIRONMENT).read_text())
    return {variable["key"]: variable["value"] for variable in environment["values"]}


def test_the_files_are_for_the_running_server(
    terminal: Any, server: Any, at_server: dict[str, str]
):
    told = terminal.succeed("postman", "--output", "files", settings=at_server)

    assert told.splitlines() == [f"files/{name}" for name in (COLLECTION, ENVIRONMENT, *CLOUDS)]
    variables = variables_of(terminal.folder / "files")
    assert variables["baseUrl"] == server.api_url
    assert variables["apiKey"] == server.key


def test_the_same_server_gives_the_same_files(quick_terminal: Any):
    options = ("--url", "https://kaiga.example.com", "--key", "sk-one")

    quick_terminal.succeed("postman", "--output", "first", *options)
    quick_terminal.succeed("postman", "--output", "second", *options)

    for name in (COLLECTION, ENVIRONMENT):
        first, second = (
            quick_terminal.folder / "first" / name,
            quick_terminal.folder / "second" / name,
        )
        assert first.read_bytes() == second.read_bytes()


def test_the_file_with_the_key_is_for_its_owner_alone(quick_terminal: Any):
    quick_terminal.succeed("postman", "--url", "https://kaiga.example.com", "--key", "sk-one")

    mode = stat.S_IMODE((quick_terminal.folder / ENVIRONMENT).stat().st_mode)
    assert mode == 0o600


def test_the_key_stands_in_no_file_but_the_servers_own(quick_terminal: Any):
    quick_terminal.succeed("postman", "--url", "https://kaiga.example.com", "--key", "sk-one")

    holding = [
        file.name for file in quick_terminal.folder.glob("*.json") if "sk-one" in file.read_text()
    ]
    assert holding == [ENVIRONMENT]


def test_the_folders_own_key_is_not_written_for_another_server(quick_terminal: Any):
    (quick_terminal.folder / "data").mkdir()
    (quick_terminal.folder / "data" / "local-key").write_text("sk-own")

    quick_terminal.succeed("postman", "--url", "https://kaiga.example.com")

    variables = variables_of(quick_terminal.folder)
    assert variables["baseUrl"] == "https://kaiga.example.com/api/v1"
    assert variables["apiKey"] == ""


def test_a_folder_that_cannot_be_written_is_named(quick_terminal: Any):
    (quick_terminal.folder / "a-file").touch()

    assert "a-file" in quick_terminal.fail("postman", "--output", "a-file")
