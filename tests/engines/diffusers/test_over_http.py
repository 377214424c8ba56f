"""Models of the contract, answered by tiny pipelines in a child of a real server."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from clip_samples import see_clip
from engines.diffusers.conftest import Weights
from engines.diffusers.tiny.adapters import save_adapter
from running import CREATE, MODEL, RunningKaiga, wait_until

VIDEO = "wanx2.1-t2v-turbo"
FILM = "/services/aigc/video-generation/video-synthesis"
BROKEN = "wan2.6-t2i"
ADAPTED = "wan2.2-t2i-flash"


@pytest.fixture(scope="module")
def kaiga(tmp_path_factory: pytest.TempPathFactory, weights: Weights) -> Iterator[RunningKaiga]:
    folder = tmp_path_factory.mktemp("served")
    adapter = save_adapter(weights("flux"), folder / "adapter")
    config = folder / "kaiga.toml"
    config.write_text(
        f"""
        [engines.local]
        kind = "diffusers"
        devices = ["cpu"]
        memory_gib = 0.000001

        [models."{MODEL}"]
        engines = ["local"]
        [models."{MODEL}".local]
        weights = "{weights("z_image")}"
        steps = 3
        guidance = 0.0

        [models."{VIDEO}"]
        engines = ["local"]
        [models."{VIDEO}".local]
        weights = "{weights("wan")}"
        steps = 2
        largest_pixels = 4096

        [models."{BROKEN}"]
        engines = ["local"]
        [models."{BROKEN}".local]
        weights = "{folder / "nothing"}"

        [models."{ADAPTED}"]
        engines = ["local"]
        [models."{ADAPTED}".local]
        weights = "{weights("flux")}"
        steps = 2
        largest_pixels = 4096
        lora = {{ ink = "{adapter}" }}
        """,
        "utf-8",
    )
    running = RunningKaiga(
        folder / "data", {"KAIGA_CONFIG": str(config), "KAIGA_RETRIES": "0"}
    ).start()
    yield running
    running.stop()


def test_a_picture_of_the_asked_size_comes_from_the_weights(kaiga: RunningKaiga):
    with kaiga.client() as client:
        task = kaiga.submit(client, "a red boat", n=2, seed=7)
        ended = kaiga.wait_for_end(client, task, 100)

        assert ended["output"]["task_status"] == "SUCCEEDED", ended
        urls = [result["url"] for result in ended["output"]["results"]]
        pictures = [Image.open(io.BytesIO(httpx.get(url).content)) for url in urls]
        assert [picture.size for picture in pictures] == [(768, 768)] * 2
        assert pictures[0].tobytes() != pictures[1].tobytes()
        assert client.get(f"/tasks/{task}").headers["x-kaiga-engine"] == "local"


def test_a_clip_has_the_length_and_the_rate_of_the_contract(kaiga: RunningKaiga, tmp_path: Path):
    with kaiga.client() as client:
        answer = client.post(
            FILM,
            json={
                "model": VIDEO,
                "input": {"prompt": "a fox in fresh snow"},
                "parameters": {"size": "624*624", "seed": 3, "prompt_extend": False},
            },
            headers={"X-DashScope-Async": "enable"},
        )
        ended = kaiga.wait_for_end(client, answer.json()["output"]["task_id"], 100)

        assert ended["output"]["task_status"] == "SUCCEEDED", ended
        content = httpx.get(ended["output"]["video_url"]).content
    seen = see_clip(content, tmp_path / "seen.mp4")
    assert seen.size == (624, 624)
    assert len(seen.frames) == 150
    assert seen.rate == 30


def has_loaded(kaiga: RunningKaiga, client: httpx.Client, model: str) -> bool:
    """Tell whether the model is the only one at hand; the status is asked for now and then."""
    (engine,) = client.get(f"{kaiga.base_url}/kaiga/v1/status").json()["engines"]
    return engine["loaded"] == [model]


def test_models_that_do_not_fit_together_take_turns(kaiga: RunningKaiga):
    with kaiga.client() as client:
        for model, path, size in ((MODEL, CREATE, "768*768"), (VIDEO, FILM, "624*624")) * 2:
            order = {
                "model": model,
                "input": {"prompt": "a red boat"},
                "parameters": {"size": size, "prompt_extend": False},
            }
            made = client.post(path, json=order, headers={"X-DashScope-Async": "enable"}).json()
            ended = kaiga.wait_for_end(client, made["output"]["task_id"], 100)

            assert ended["output"]["task_status"] == "SUCCEEDED", ended
        wait_until(lambda: has_loaded(kaiga, client, VIDEO), "the last one alone is loaded")


def order_adapted(client: httpx.Client, **headers: str) -> httpx.Response:
    order = {
        "model": ADAPTED,
        "input": {"prompt": "a red boat"},
        "parameters": {"n": 1, "size": "512*512", "seed": 7, "prompt_extend": False},
    }
    return client.post(CREATE, json=order, headers={"X-DashScope-Async": "enable", **headers})


def test_an_adapter_named_in_a_header_changes_the_picture_and_no_later_one(kaiga: RunningKaiga):
    with kaiga.client() as client:
        chosen: dict[str, list[object]] = {}
        pictures: dict[str, bytes] = {}
        for name, headers in (
            ("plain", {}),
            ("inked", {"X-Kaiga-Lora": "ink"}),
            ("faint", {"X-Kaiga-Lora": "ink:0.5"}),
            ("plain again", {}),
        ):
            task = order_adapted(client, **headers).json()["output"]["task_id"]
            ended = kaiga.wait_for_end(client, task, 100)
            manifest = client.get(f"{kaiga.base_url}/kaiga/v1/tasks/{task}/manifest").json()
            chosen[name] = manifest["adapters"]
            pictures[name] = httpx.get(ended["output"]["results"][0]["url"]).content

    assert chosen == {
        "plain": [],
        "inked": [{"id": "ink", "weight": 1.0}],
        "faint": [{"id": "ink", "weight": 0.5}],
        "plain again": [],
    }
    assert pictures["plain again"] == pictures["plain"]
    assert len(set(pictures.values())) == 3


def test_an_adapter_that_the_model_does_not_have_is_refused_with_those_that_it_has(
    kaiga: RunningKaiga,
):
    with kaiga.client() as client:
        answer = order_adapted(client, **{"X-Kaiga-Lora": "/weights/ink.safetensors"})

    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidParameter"
    assert answer.json()["message"] == (
        f"X-Kaiga-Lora names an adapter that {ADAPTED} does not have on this server. Allowed: ink."
    )


def test_weights_that_are_missing_fail_the_task_and_not_the_server(kaiga: RunningKaiga):
    with kaiga.client() as client:
        answer = client.post(
            "/services/aigc/image-generation/generation",
            json={
                "model": BROKEN,
                "input": {"messages": [{"role": "user", "content": [{"text": "a boat"}]}]},
            },
            headers={"X-DashScope-Async": "enable"},
        )
        ended = kaiga.wait_for_end(client, answer.json()["output"]["task_id"], 100)

        assert ended["output"]["task_status"] == "FAILED"
        assert "can't be loaded by this server" in ended["output"]["message"]
        picture = kaiga.submit(client, "a red boat")
        assert kaiga.wait_for_end(client, picture, 100)["output"]["task_status"] == "SUCCEEDED"
    assert "there is no folder" in kaiga.log()
