"""`kaiga postman`: two files for the server at hand."""

import json
import stat
from pathlib import Path
from typing import Any

COLLECTION = "kaiga.postman_collection.json"
ENVIRONMENT = "kaiga.postman_environment.json"


def variables_of(folder: Path) -> dict[str, str]:
    environment = json.loads((folder / ENVIRONMENT).read_text())
    return {variable["key"]: variable["value"] for variable in environment["values"]}


def test_the_files_are_for_the_running_server(
    terminal: Any, server: Any, at_server: dict[str, str]
):
    told = terminal.succeed("postman", "--output", "files", settings=at_server)

    assert told.splitlines() == [f"files/{COLLECTION}", f"files/{ENVIRONMENT}"]
    variables = variables_of(terminal.folder / "files")
    assert variables["baseUrl"] == server.api_url
    assert variables["apiKey"] == server.key


def test_the_same_server_gives_the_same_files(terminal: Any):
    options = ("--url", "https://kaiga.example.com", "--key", "sk-one")

    terminal.succeed("postman", "--output", "first", *options)
    terminal.succeed("postman", "--output", "second", *options)

    for name in (COLLECTION, ENVIRONMENT):
        first, second = terminal.folder / "first" / name, terminal.folder / "second" / name
        assert first.read_bytes() == second.read_bytes()


def test_the_file_with_the_key_is_for_its_owner_alone(terminal: Any):
    terminal.succeed("postman", "--url", "https://kaiga.example.com", "--key", "sk-one")

    mode = stat.S_IMODE((terminal.folder / ENVIRONMENT).stat().st_mode)
    assert mode == 0o600


def test_the_folders_own_key_is_not_written_for_another_server(terminal: Any):
    (terminal.folder / "data").mkdir()
    (terminal.folder / "data" / "local-key").write_text("sk-own")

    terminal.succeed("postman", "--url", "https://kaiga.example.com")

    variables = variables_of(terminal.folder)
    assert variables["baseUrl"] == "https://kaiga.example.com/api/v1"
    assert variables["apiKey"] == ""


def test_a_folder_that_cannot_be_written_is_named(terminal: Any):
    (terminal.folder / "a-file").touch()

    assert "a-file" in terminal.fail("postman", "--output", "a-file")
