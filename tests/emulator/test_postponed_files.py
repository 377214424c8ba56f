"""Files behind links of an emulator: drawn at the first fetch, and what a usual Kaiga makes."""

import base64
import hashlib
import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from controlling import Tester
from PIL import Image

from emulator.driving import CLIP_CREATE, find_links, order
from running import KEY, MODEL, RunningKaiga

Order = tuple[dict[str, Any], str]
I2I = "/services/aigc/image2image/image-synthesis"


def picture_url() -> str:
    stream = io.BytesIO()
    Image.effect_mandelbrot((640, 400), (-2, -1, 1, 1), 40).save(stream, "PNG")
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


PICTURES: Order = (
    {
        "model": MODEL,
        "input": {"prompt": "a red fox in a snowy forest"},
        "parameters": {"n": 2, "size": "768*768", "seed": 11, "prompt_extend": True},
    },
    "/services/aigc/text2image/image-synthesis",
)
CLIP: Order = (
    {
        "model": "wanx2.1-t2v-turbo",
        "input": {"prompt": "a kite over the sea"},
        "parameters": {"size": "832*480", "duration": 5, "seed": 12},
    },
    CLIP_CREATE,
)
FROM_A_PICTURE: Order = (
    {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "make it night", "images": [picture_url()]},
        "parameters": {"n": 1, "seed": 13},
    },
    I2I,
)
WITH_A_FINDING: Order = (
    {
        "model": "wan2.6-image",
        "input": {"messages": [{"role": "user", "content": [{"text": "a cat, step by step"}]}]},
        "parameters": {"enable_interleave": True, "n": 1, "seed": 14, "size": "768*768"},
    },
    "/services/aigc/image-generation/generation",
)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    running = RunningKaiga(tmp_path_factory.mktemp("usual") / "data").start()
    yield running
    running.stop()


def make(server: RunningKaiga, key: str, wanted: Order) -> tuple[dict[str, Any], list[bytes]]:
    """Order something; gives the last answer, and the files behind its links."""
    with server.client(key) as client:
        answer = server.wait_for_end(client, order(client, *wanted))
        fetched = [client.get(link).raise_for_status() for link in find_links(answer)]
        return answer, [each.content for each in fetched]


@pytest.mark.parametrize(
    "wanted", [PICTURES, CLIP, FROM_A_PICTURE, WITH_A_FINDING], ids=["two", "clip", "edit", "text"]
)
def test_files_and_answers_are_those_of_a_usual_kaiga(
    emulator: RunningKaiga, usual: RunningKaiga, wanted: Order
):
    emulated, emulated_files = make(emulator, "sk-files", wanted)
    answer, files = make(usual, KEY, wanted)

    assert answer["output"]["task_status"] == "SUCCEEDED"
    assert emulated_files == files
    assert emulated["usage"] == answer["usage"]
    assert emulated["output"].keys() == answer["output"].keys()


def test_heads_and_ranges_of_a_file_that_nobody_fetched_yet_are_right(emulator: RunningKaiga):
    with emulator.client("sk-ranges") as client:
        links = [
            find_links(emulator.wait_for_end(client, emulator.submit(client, seed=5)))[0]
            for _ in range(2)
        ]

        head = client.head(links[0])
        part = client.get(links[1], headers={"Range": "bytes=-20"})
        whole = client.get(links[0])

        assert whole.content.startswith(b"\x89PNG")
        assert head.status_code == 200
        assert int(head.headers["content-length"]) == len(whole.content)
        assert head.headers["etag"] == whole.headers["etag"]
        assert head.headers["content-type"] == "image/png"
        assert part.status_code == 206
        assert part.content == whole.content[-20:]


def test_many_that_fetch_at_once_get_the_same_file(emulator: RunningKaiga):
    with emulator.client("sk-many") as client:
        [link] = find_links(emulator.wait_for_end(client, emulator.submit(client)))

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda _: httpx.get(link, timeout=30), range(16)))

        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1


def test_a_result_that_nobody_fetched_can_be_the_input_of_the_next_task(emulator: RunningKaiga):
    with emulator.client("sk-chain") as client:
        [link] = find_links(emulator.wait_for_end(client, emulator.submit(client)))
        edit = {
            "model": "wan2.5-i2i-preview",
            "input": {"prompt": "make it night", "images": [link]},
            "parameters": {"n": 1},
        }

        answer = emulator.wait_for_end(client, order(client, edit, I2I))

        assert answer["output"]["task_status"] == "SUCCEEDED"


def test_a_manifest_tells_of_the_files_and_not_of_what_lies_in_their_place(
    emulator: RunningKaiga, tester: Tester
):
    task = tester.submit(prompt="a windmill")
    answer = emulator.wait_for_end(tester.api, task)

    asked = tester.api.get(f"{emulator.base_url}/kaiga/v1/tasks/{task}/manifest")

    [result] = asked.json()["results"]
    [link] = find_links(answer)
    assert result["sha256"] == hashlib.sha256(httpx.get(link).content).hexdigest()
    assert result["made_sha256"] not in {None, result["sha256"]}
