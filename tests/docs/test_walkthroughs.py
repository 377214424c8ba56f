"""The pages that a newcomer follows do what they say, block by block, against a server.

Only what sets Kaiga up and starts it is left out. Each page runs in a folder that looks like a
clone, where its blocks share what they export, as the lines that are typed into one shell do.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from PIL import Image

from docs.fences import ANSWER, NOT_RUN, Block, blocks_of
from running import RunningKaiga, wait_until

ROOT = Path(__file__).parents[2]
TUTORIAL = ROOT / "docs" / "tutorial.md"
PAGES = [ROOT / "README.md", ROOT / "docs" / "first-steps.md", TUTORIAL]
BODY = re.compile(r"-d '(.*?)'$|@\"\n(.*?)\n\"@", re.MULTILINE | re.DOTALL)
CALLED = re.compile(r"DASHSCOPE_HTTP_BASE_URL(/services/[a-z0-9/-]+)")
HEADERS = 'Authorization = "Bearer $env:DASHSCOPE_API_KEY"; "X-DashScope-Async" = "enable"'


class Reader:
    """Somebody who types what a page says, and puts in what the answers gave."""

    def __init__(self, folder: Path, server: RunningKaiga) -> None:
        self.folder = folder
        self.printed = ""
        self._exports = folder.with_name(f"{folder.name}-exports")
        self._exports.touch()
        self._values: dict[str, str] = {}
        kept = {n: v for n, v in os.environ.items() if not n.startswith(("KAIGA_", "DASHSCOPE_"))}
        self._environment = kept | {
            "HOME": str(folder.parent),
            "NO_PROXY": "*",
            "KAIGA_DATA": str(server.data),
            "KAIGA_API_KEY": server.key,
        }

    def follow(self, page: Path) -> None:
        last = ""
        for block in blocks_of(page):
            if block.language == "python" and block.note != NOT_RUN:
                (self.folder / block.note).write_text(block.text, "utf-8")
            elif block.note == ANSWER:
                self.expect(json.loads(block.text), last)
            elif block.language == "sh" and is_run(block):
                last = block.text
                self.type(last)

    def type(self, text: str) -> None:
        for name, value in self._values.items():
            text = text.replace(name, value)
        script = f". {self._exports}\n{text}\nexport -p > {self._exports}\n"
        done = subprocess.run(
            ["bash", "-eu", "-c", script],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            check=False,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        self.printed = done.stdout
        if self.printed.startswith("{"):
            self.note(json.loads(self.printed))

    def note(self, answer: dict[str, Any]) -> None:
        assert "code" not in answer, answer
        output = answer["output"]
        self._values["TASK_ID"] = output["task_id"]
        url = output.get("video_url") or output.get("results", [{}])[0].get("url")
        if url:
            self._values["RESULT_URL"] = url

    def expect(self, shown: dict[str, Any], text: str) -> None:
        """Type it until the task stands as the page shows; the answer has what the page shows."""

        def stands_as_shown() -> bool:
            if self.status == shown["output"]["task_status"]:
                return True
            self.type(text)
            return False

        wait_until(stands_as_shown, f"the task is as {shown} shows")
        assert shape_of(json.loads(self.printed)) == shape_of(shown)

    @property
    def status(self) -> str:
        return json.loads(self.printed)["output"]["task_status"]


def is_run(block: Block) -> bool:
    return block.note != NOT_RUN and not block.text.startswith("make ")


def shape_of(value: Any) -> Any:
    """The names of members, all the way down, and the kinds of what they hold."""
    if isinstance(value, dict):
        return {name: shape_of(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape_of(item) for item in value]
    return type(value)


@pytest.fixture
def reader(tmp_path: Path, server: RunningKaiga) -> Reader:
    """A newcomer in a folder where `make demo` has been, with a server that runs."""
    clone = tmp_path / "kaiga"
    (clone / "demo").mkdir(parents=True)
    (clone / ".venv").symlink_to(sys.prefix)
    copyfile(ROOT / "docs" / "images" / "flower-shop.png", clone / "demo" / "flower-shop.png")
    return Reader(clone, server)


def test_the_readme_leads_to_pictures_and_a_clip(reader: Reader):
    reader.follow(PAGES[0])

    saved = [file.suffix for file in reader.folder.glob("*-1.*")]
    assert sorted(saved) == [".mp4", ".png"]
    assert (reader.folder / "kaiga.postman_collection.json").exists()


def test_the_first_steps_lead_to_a_picture(reader: Reader):
    reader.follow(PAGES[1])

    answer = json.loads(reader.printed)["output"]
    assert answer["task_status"] == "SUCCEEDED"
    assert answer["results"][0]["url"].startswith("http")


def test_the_tutorial_leads_to_the_picture_the_clip_and_the_edit(reader: Reader):
    reader.follow(TUTORIAL)

    with Image.open(reader.folder / "flower-shop.png") as picture:
        assert (picture.format, picture.size) == ("PNG", (1280, 1280))
    assert (reader.folder / "flower-shop.mp4").read_bytes()[4:8] == b"ftyp"
    (edited,) = [Path(reader.folder, line) for line in reader.printed.splitlines()]
    assert brightness_of(edited) < brightness_of(reader.folder / "flower-shop.png")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_program_of_a_page_is_run_after_it_was_saved(page: Path):
    steps = [block.note if block.language == "python" else block.text for block in blocks_of(page)]

    for program in [step for step in steps if step.endswith(".py")]:
        run = steps[steps.index(program) + 1]
        assert run.rsplit("/", maxsplit=1)[-1] == f"python {program}\n"


def test_the_orders_for_powershell_are_those_for_bash():
    pairs = list(powershell_beside_bash())

    assert len(pairs) == 2
    for bash, powershell in pairs:
        assert body_of(powershell) == body_of(bash)
        assert CALLED.findall(powershell) == CALLED.findall(bash)
        assert "-Headers $headers" in powershell
    assert HEADERS in pairs[0][1]


def test_the_request_of_postman_is_that_of_curl():
    bodies = [block for block in blocks_of(TUTORIAL) if block.text.startswith('{\n    "model"')]
    curl, *_ = [block.text for block in blocks_of(TUTORIAL) if block.text.startswith("curl -X")]

    assert [json.loads(block.text) for block in bodies] == [body_of(curl)]


def powershell_beside_bash() -> Iterator[tuple[str, str]]:
    """Orders as bash and as PowerShell have them."""
    before = ""
    for block in blocks_of(TUTORIAL):
        if block.language == "powershell" and BODY.search(block.text):
            yield before, block.text
        before = block.text


def body_of(text: str) -> Any:
    found = BODY.search(text)
    assert found, text
    return json.loads((found[1] or found[2]).replace("$url", "RESULT_URL"))


def brightness_of(picture: Path) -> float:
    with Image.open(picture) as opened:
        return opened.convert("L").resize((1, 1)).getpixel((0, 0))
