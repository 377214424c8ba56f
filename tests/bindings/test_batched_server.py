"""A server that has a profile makes what waits together, and every task has its own pictures."""

from pathlib import Path

from kaiga.domain.batch_profiles import BatchProfile, WorkShape
from kaiga.worker.profile_files import ProfileFiles
from running import MODEL, RunningKaiga


def test_tasks_made_together_all_have_what_they_ordered(tmp_path: Path):
    shape = WorkShape(model=MODEL, width_pixels=768, height_pixels=768)
    ProfileFiles(tmp_path / "profiles").keep(
        "cpu", BatchProfile(engine="sketch", shape=shape, seconds={1: 1.0, 2: 1.0, 4: 1.0})
    )
    kaiga = RunningKaiga(tmp_path, {"KAIGA_WORKERS": "1"}).start()
    try:
        with kaiga.client() as client:
            tasks = [kaiga.submit(client, f"a red boat, number {number}") for number in range(6)]
            ended = [kaiga.wait_for_end(client, task)["output"] for task in tasks]
            pictures = {client.get(each["results"][0]["url"]).content for each in ended}
    finally:
        kaiga.stop()

    assert [each["task_status"] for each in ended] == ["SUCCEEDED"] * 6
    assert len(pictures) == 6
