"""`kaiga rerun`: the same again, or nearly, and what is said of it."""

import io
import json
from typing import Any

import pytest
from PIL import Image


@pytest.fixture(scope="module")
def finished(server: Any) -> str:
    with server.client() as client:
        task_id = server.submit(client, "a windmill")
        server.wait_for_end(client, task_id)
        return task_id


def test_the_same_again_has_the_same_bytes(terminal: Any, at_server: dict[str, str], finished: str):
    told = terminal.succeed("rerun", finished, settings=at_server).splitlines()

    assert told[-1] == "The bytes are the same as before."
    assert (terminal.folder / told[0]).is_file()


def test_another_seed_makes_other_bytes(
    quick_terminal: Any, at_server: dict[str, str], finished: str
):
    told = quick_terminal.succeed(
        "rerun", finished, "--new-seed", "--output", "pictures", settings=at_server
    )

    assert told.splitlines()[-1] == "The bytes differ from those of before: result 1."
    assert told.startswith("pictures/")


def test_a_member_can_be_changed_and_programs_are_told_by_number(
    quick_terminal: Any, at_server: dict[str, str], finished: str
):
    told = json.loads(
        quick_terminal.succeed(
            *("rerun", finished, "--set", "size=800*800", "--set", "n=2", "--json"),
            settings=at_server,
        )
    )

    assert told["results"] == [{"number": 1, "same_bytes": False}]
    assert len(told["files"]) == 2
    files = [(quick_terminal.folder / file).read_bytes() for file in told["files"]]
    assert {Image.open(io.BytesIO(file)).size for file in files} == {(800, 800)}


def test_a_task_that_is_not_there_is_named_as_such(quick_terminal: Any, at_server: dict[str, str]):
    message = quick_terminal.fail("rerun", "none", settings=at_server)

    assert "task" in message
