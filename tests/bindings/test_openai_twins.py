"""A Kaiga whose engine is another one's OpenAI front door: both read that shape alike."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from clip_samples import see_clip
from running import CREATE, MODEL, RunningKaiga

CLIP, EDITOR = "wan2.5-t2v-preview", "wan2.5-i2i-preview"
CREATE_CLIP = "/services/aigc/video-generation/video-synthesis"
EDIT = "/services/aigc/image2image/image-synthesis"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, server: RunningKaiga) -> Iterator[RunningKaiga]:
    folder = tmp_path_factory.mktemp("twins")
    config = folder / "kaiga.toml"
    config.write_text(
        f"""
        [engines.twin]
        kind = "openai"
        url = "{server.base_url}/v1"
        key_env = "TWIN_KEY"
        rename = {{ fps = "", num_frames = "", generate_sound = "" }}
        """
        + "".join(
            f"""
            [models."{model}"]
            engines = ["twin"]
            twin = {{ name = "{model}" }}
            """
            for model in (MODEL, CLIP, EDITOR)
        ),
        "utf-8",
    )
    settings = {"KAIGA_CONFIG": str(config), "TWIN_KEY": server.key}
    front = RunningKaiga(folder / "front", settings).start()
    yield front
    front.stop()


def make(front: RunningKaiga, path: str, order: dict[str, Any]) -> dict[str, Any]:
    with front.client() as client:
        answer = client.post(path, json=order, headers={"X-DashScope-Async": "enable"})
        assert answer.status_code == 200, answer.text
        ended = front.wait_for_end(client, answer.json()["output"]["task_id"])
    assert ended["output"]["task_status"] == "SUCCEEDED", ended
    return ended["output"]


def open_picture(url: str) -> Image.Image:
    return Image.open(io.BytesIO(httpx.get(url).content))


def test_pictures_have_the_asked_size_and_seeds_of_their_own(front: RunningKaiga):
    parameters = {"n": 2, "size": "768*1024", "seed": 3, "prompt_extend": False}
    order = {"model": MODEL, "input": {"prompt": "a kite"}, "parameters": parameters}

    output = make(front, CREATE, order)

    one, two = (open_picture(each["url"]) for each in output["results"])
    assert one.size == two.size == (768, 1024)
    assert one.tobytes() != two.tobytes()


def test_a_picture_is_edited(front: RunningKaiga):
    stream = io.BytesIO()
    Image.effect_noise((512, 384), 60).convert("RGB").save(stream, "PNG")
    given = f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
    order = {
        "model": EDITOR,
        "input": {"prompt": "make it night", "images": [given]},
        "parameters": {"n": 1, "prompt_extend": False},
    }

    width, height = open_picture(make(front, EDIT, order)["results"][0]["url"]).size
    assert width / height == pytest.approx(4 / 3, abs=0.02)


def test_a_clip_is_ordered_awaited_and_fetched(front: RunningKaiga, tmp_path: Path):
    parameters = {"size": "832*480", "duration": 5, "seed": 3, "prompt_extend": False}
    order = {"model": CLIP, "input": {"prompt": "a fox"}, "parameters": parameters}

    output = make(front, CREATE_CLIP, order)

    seen = see_clip(httpx.get(output["video_url"]).content, tmp_path / "seen.mp4")
    assert seen.size == (832, 480)
    assert seen.seconds == pytest.approx(5, abs=0.1)
