"""Keys and tasks that are put into an emulator."""

import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from kaiga.compose.seed_file import read_beside, read_seed_file
from kaiga.domain.errors import FieldInvalid, StartRefused
from running import MODEL, RunningKaiga

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)
ENDED = "0198f0a0-0000-7000-8000-00000000000"


def load(emulator: RunningKaiga, client: httpx.Client, **seed: Any) -> httpx.Response:
    return client.post(f"{emulator.base_url}/kaiga/v1/emulator/seed", json=seed)


def make_task(**members: Any) -> dict[str, Any]:
    return {
        "model": MODEL,
        "input": {"prompt": "a cat"},
        "parameters": {"n": 1},
        "results": [{"base64": base64.b64encode(PICTURE).decode()}],
        **members,
    }


def look(client: httpx.Client, task: str) -> dict[str, Any]:
    return client.get(f"/tasks/{task}").json()["output"]


def test_a_loaded_result_is_served_as_it_was_given(emulator: RunningKaiga):
    with emulator.client("sk-seeds") as client:
        loaded = load(emulator, client, tasks=[make_task(id=f"{ENDED}1")])
        shown = client.get(f"/tasks/{ENDED}1").json()
        content = client.get(shown["output"]["results"][0]["url"]).content

    assert loaded.json()["tasks"] == [f"{ENDED}1"]
    assert shown["output"]["task_status"] == "SUCCEEDED"
    assert shown["usage"]["image_count"] == 1
    assert content == PICTURE


def test_loaded_failures_keep_their_code_and_old_tasks_are_unknown(emulator: RunningKaiga):
    failed = make_task(
        id=f"{ENDED}2", state="FAILED", code="DataInspectionFailed", message="No.", results=[]
    )
    old = make_task(id=f"{ENDED}3", ended_seconds_ago=90_000)
    with emulator.client("sk-fails") as client:
        load(emulator, client, tasks=[failed, old])

        assert look(client, f"{ENDED}2")["code"] == "DataInspectionFailed"
        assert look(client, f"{ENDED}3")["task_status"] == "UNKNOWN"


def test_a_task_without_results_is_drawn(emulator: RunningKaiga):
    with emulator.client("sk-draws") as client:
        (task,) = load(emulator, client, tasks=[make_task(results=[])]).json()["tasks"]

        assert emulator.wait_for_end(client, task)["output"]["task_status"] == "SUCCEEDED"


def test_a_task_that_is_there_is_kept(emulator: RunningKaiga):
    with emulator.client("sk-twice") as client:
        load(emulator, client, tasks=[make_task(id=f"{ENDED}4")])
        again = load(
            emulator, client, tasks=[make_task(id=f"{ENDED}4", state="FAILED", results=[])]
        )

        assert again.json()["kept"] == [f"{ENDED}4"]
        assert look(client, f"{ENDED}4")["task_status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"model": "no-such"}, "model must be one of the catalogue; no-such is none."),
        ({"ended_seconds_ago": -1}, "ended_seconds_ago must be at least 0"),
        ({"ended_seconds_ago": 1e300}, "ended_seconds_ago must be at least 0"),
        ({"id": "x"}, "id must be a UUID"),
        ({"results": [{"base64": "aGVsbG8="}]}, "a result must be a PNG"),
        ({"results": [{"file": "cat.png"}]}, "send base64"),
        ({"results": [{}]}, "either file or base64"),
        ({"parameters": {"n": 99}}, "n"),
        ({"results": [], "ended_seconds_ago": 5}, "goes its usual way from now on"),
    ],
)
def test_an_entry_that_cannot_be_is_named_and_nothing_is_loaded(
    emulator: RunningKaiga, members: dict[str, Any], told: str
):
    with emulator.client("sk-names") as client:
        answer = load(emulator, client, tasks=[make_task(id=f"{ENDED}5"), make_task(**members)])

        assert answer.status_code == 400
        assert answer.json()["message"].startswith("tasks[1]: ")
        assert told in answer.json()["message"]
        assert look(client, f"{ENDED}5")["task_status"] == "UNKNOWN"


def test_a_misspelt_member_is_named(emulator: RunningKaiga):
    with emulator.client("sk-misspells") as client:
        answer = load(emulator, client, tasks=[make_task(stat="FAILED")])

    assert answer.status_code == 400
    assert "`stat`" in answer.json()["message"]
    assert "$.tasks[0]" in answer.json()["message"]


def test_only_an_admin_makes_keys_and_tasks_of_others(emulator: RunningKaiga):
    seed = {"keys": [{"text": "sk-made"}], "tasks": [make_task(id=f"{ENDED}6", key="sk-made")]}
    with (
        emulator.client("sk-anybody") as client,
        emulator.client() as admin,
        emulator.client("sk-made") as made,
    ):
        refused = load(emulator, client, **seed)
        taken = load(emulator, admin, **seed)

        assert refused.status_code == 403
        assert taken.json()["keys"] == 1
        assert look(made, f"{ENDED}6")["task_status"] == "SUCCEEDED"
        assert look(client, f"{ENDED}6")["task_status"] == "UNKNOWN"


def test_a_seed_file_that_cannot_be_read_is_told_with_its_place(tmp_path: Path):
    path = tmp_path / "seed.toml"
    path.write_text('[[keys]]\ntext = "sk-x"\nrole = "owner"\n')

    with pytest.raises(StartRefused, match=r"seed\.toml is no seed: .*keys\[0\]\.role"):
        read_seed_file(path)


def test_a_seed_reads_no_file_outside_its_folder(tmp_path: Path):
    (tmp_path / "secret").write_text("x")

    with pytest.raises(FieldInvalid, match="beside the seed"):
        read_beside(tmp_path / "seeds" / "seed.toml", "../secret")
