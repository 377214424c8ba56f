"""Whatever reads a result first has it drawn: thumbnails and archives as links do."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from controlling import Tester
from PIL import Image

from emulator.driving import order
from emulator.test_postponed_files import CLIP
from running import RunningKaiga


def end_clip(tester: Tester) -> str:
    task_id = order(tester.api, *CLIP)
    tester.server.wait_for_end(tester.api, task_id)
    return task_id


def list_results(tester: Tester) -> list[dict[str, Any]]:
    answer = tester.api.get(f"{tester.server.base_url}/kaiga/v1/results").raise_for_status()
    return answer.json()["results"]


def read_thumbnail(tester: Tester, task_id: str) -> Image.Image:
    url = f"{tester.server.base_url}/kaiga/v1/tasks/{task_id}/thumbnails/1"
    return Image.open(io.BytesIO(tester.api.get(url).raise_for_status().content))


def test_the_thumbnail_of_a_picture_that_nobody_fetched_is_a_picture_of_it(tester: Tester):
    task_id = tester.submit(prompt="a red fox")
    tester.server.wait_for_end(tester.api, task_id)

    thumbnail = read_thumbnail(tester, task_id)

    [result] = list_results(tester)
    whole = Image.open(io.BytesIO(tester.api.get(result["url"]).raise_for_status().content))
    assert thumbnail.size == (512, 512)
    middle = thumbnail.convert("RGB").resize((1, 1)).getpixel((0, 0))
    expected = whole.convert("RGB").resize((1, 1)).getpixel((0, 0))
    assert middle == pytest.approx(expected, abs=6)


def test_the_thumbnail_of_a_clip_that_nobody_fetched_is_a_picture(tester: Tester):
    width, height = read_thumbnail(tester, end_clip(tester)).size

    assert (width, height) == (512, 295)


def test_an_archive_of_results_that_nobody_fetched_has_what_their_links_open(tester: Tester):
    end_clip(tester)
    tester.end(n=2)
    results = list_results(tester)
    named = ",".join(f"{each['task_id']}-{each['number']}" for each in results)

    answer = tester.api.get(f"{tester.server.base_url}/kaiga/v1/results.zip?files={named}")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [each["name"] for each in results]
        packed = [archive.read(each["name"]) for each in results]
    assert len(packed) == 3
    assert packed == [tester.api.get(each["url"]).content for each in results]


def test_the_size_of_a_file_is_told_once_it_is_there(tester: Tester):
    tester.end()
    [before] = list_results(tester)

    content = tester.api.get(before["url"]).content

    [after] = list_results(tester)
    assert (before["size_bytes"], after["size_bytes"]) == (None, len(content))


@pytest.fixture
def keeping(tmp_path: Path) -> Iterator[Tester]:
    """Somebody on an emulator that keeps tasks for a week where it is asked to."""
    settings = {"KAIGA_EMULATOR": "true", "KAIGA_KEEP_DAYS": "7"}
    server = RunningKaiga(tmp_path / "data", settings).start()
    with Tester(server) as tester:
        yield tester
    server.stop()


def test_what_is_kept_unseen_can_still_be_drawn_after_its_day(keeping: Tester):
    task_id = keeping.submit()
    keeping.server.wait_for_end(keeping.api, task_id)
    kept = keeping.api.post(f"{keeping.server.base_url}/kaiga/v1/tasks/{task_id}/keep")
    assert kept.status_code == 200, kept.text

    keeping.control("PATCH", "clock", json={"advance_seconds": 3 * 86400})

    [result] = list_results(keeping)
    assert keeping.api.get(result["url"]).content.startswith(b"\x89PNG")
    assert read_thumbnail(keeping, task_id).size == (512, 512)
