"""A server whose kaiga.toml binds models to other servers."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from starlette.responses import JSONResponse

from clip_samples import save_clip
from remote.serving import find_port, paint, served
from remote.small_comfyui import SmallComfyui
from remote.small_openai import SmallOpenai
from remote.small_sd_cpp import SmallSdCpp
from running import CREATE, MODEL, RunningKaiga, wait_until

OTHER, FLOW, SMALL = "wan2.2-t2i-flash", "wan2.2-t2i-plus", "wanx2.1-t2i-turbo"
CLIP = "wan2.5-t2v-preview"
CREATE_CLIP = "/services/aigc/video-generation/video-synthesis"
WORKFLOW = {"6": {"inputs": {"text": "old"}}, "9": {"inputs": {}}}


def bind(gpu: int, flow: int, cpu: int, workflow: Path) -> str:
    return f"""
    [engines.gpu]
    kind = "openai"
    url = "http://127.0.0.1:{gpu}/v1"
    key_env = "GPU_KEY"
    concurrency = 2

    [engines.flows]
    kind = "comfyui"
    url = "http://127.0.0.1:{flow}"

    [engines.cpu]
    kind = "sd-cpp"
    url = "http://127.0.0.1:{cpu}"

    [models."{SMALL}"]
    engines = ["cpu"]

    [models."{CLIP}"]
    engines = ["gpu"]
    [models."{CLIP}".gpu]
    frames_per_second = 16

    [models."{MODEL}"]
    engines = ["gpu"]
    [models."{MODEL}".gpu]
    name = "Qwen/Qwen-Image"

    [models."{OTHER}"]
    engines = ["gpu", "sketch"]

    [models."{FLOW}"]
    engines = ["flows"]
    [models."{FLOW}".flows]
    workflow = "{workflow}"
    slots = {{ prompt = "6.inputs.text" }}
    """


@pytest.fixture(scope="module")
def ports() -> tuple[int, int, int]:
    return find_port(), find_port(), find_port()


@pytest.fixture(scope="module")
def kaiga(
    tmp_path_factory: pytest.TempPathFactory, ports: tuple[int, int, int]
) -> Iterator[RunningKaiga]:
    folder = tmp_path_factory.mktemp("remote")
    workflow = folder / "workflow.json"
    workflow.write_text(json.dumps(WORKFLOW), "utf-8")
    config = folder / "kaiga.toml"
    config.write_text(bind(*ports, workflow), "utf-8")
    settings = {"KAIGA_CONFIG": str(config), "GPU_KEY": "own-key", "KAIGA_LABEL": "false"}
    kaiga = RunningKaiga(folder / "data", settings).start()
    yield kaiga
    kaiga.stop()


@dataclass
class Servers:
    gpu: SmallOpenai
    flow: SmallComfyui
    cpu: SmallSdCpp


@pytest.fixture(scope="module")
def servers(
    ports: tuple[int, int, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Servers]:
    film = save_clip(tmp_path_factory.mktemp("film") / "film.mp4").read_bytes()
    servers = Servers(SmallOpenai(film), SmallComfyui(), SmallSdCpp())
    with (
        served(servers.gpu.app, ports[0]),
        served(servers.flow.app, ports[1]),
        served(servers.cpu.app, ports[2]),
    ):
        yield servers


def submit(kaiga: RunningKaiga, model: str, **parameters: object) -> str:
    body = {
        "model": model,
        "input": {"prompt": "a red boat"},
        "parameters": {"n": 1, "size": "768*768", "prompt_extend": False, **parameters},
    }
    with kaiga.client() as client:
        answer = client.post(CREATE, json=body, headers={"X-DashScope-Async": "enable"})
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def end(kaiga: RunningKaiga, task: str) -> tuple[str, str]:
    """Wait for a task's end; gives its status and the engine that it had."""
    with kaiga.client() as client:
        status = kaiga.wait_for_end(client, task)["output"]["task_status"]
        return status, client.get(f"/tasks/{task}").headers["x-kaiga-engine"]


def test_tasks_wait_for_a_server_that_is_away_and_go_to_another_engine_where_one_is_bound(
    kaiga: RunningKaiga, request: pytest.FixtureRequest
):
    waiting = submit(kaiga, MODEL, seed=5, n=2)
    elsewhere = submit(kaiga, OTHER)

    assert end(kaiga, elsewhere) == ("SUCCEEDED", "sketch")
    with kaiga.client() as client:
        answer = client.get(f"/tasks/{waiting}").json()
        assert answer["output"]["task_status"] in {"PENDING", "RUNNING"}

        servers: Servers = request.getfixturevalue("servers")  # from here on they are there

        assert end(kaiga, waiting) == ("SUCCEEDED", "gpu")
        results = client.get(f"/tasks/{waiting}").json()["output"]["results"]
        made = [client.get(each["url"]).content for each in results]
        assert made == [paint(768, 768, 5), paint(768, 768, 6)]
    assert servers.gpu.keys[-1] == "Bearer own-key"


def test_a_task_that_a_server_fails_goes_to_the_next_engine(kaiga: RunningKaiga, servers: Servers):
    wait_until(lambda: is_asked(kaiga, servers.gpu), "the server is asked for the other model")
    servers.gpu.answer = lambda: JSONResponse({"error": "CUDA out of memory"}, 500)

    asked = len(servers.gpu.orders)

    failed = submit(kaiga, OTHER)

    assert end(kaiga, failed) == ("SUCCEEDED", "sketch")
    assert len(servers.gpu.orders) == asked + 1
    servers.gpu.answer = None


def is_asked(kaiga: RunningKaiga, small: SmallOpenai) -> bool:
    before = len(small.orders)
    end(kaiga, submit(kaiga, OTHER))
    return len(small.orders) > before


def test_a_workflow_of_the_operators_makes_the_results_of_a_model(
    kaiga: RunningKaiga, servers: Servers
):
    assert end(kaiga, submit(kaiga, FLOW)) == ("SUCCEEDED", "flows")

    assert servers.flow.orders[0]["6"]["inputs"]["text"] == "a red boat"


def test_a_clip_is_ordered_as_long_as_its_model_makes_them(kaiga: RunningKaiga, servers: Servers):
    body = {"model": CLIP, "input": {"prompt": "a boat leaves"}, "parameters": {"duration": 5}}

    with kaiga.client() as client:
        answer = client.post(CREATE_CLIP, json=body, headers={"X-DashScope-Async": "enable"})
        assert answer.status_code == 200, answer.text
        ended = kaiga.wait_for_end(client, answer.json()["output"]["task_id"])
        assert ended["output"]["task_status"] == "SUCCEEDED"
        assert client.get(ended["output"]["video_url"]).content == servers.gpu.film

    order = servers.gpu.orders[-1]
    assert (order["seconds"], order["fps"], order["num_frames"]) == ("5", "16", "80")
    assert servers.gpu.deleted == ["video-1"]


def test_a_small_server_makes_the_results_of_a_model(kaiga: RunningKaiga, servers: Servers):
    assert end(kaiga, submit(kaiga, SMALL, seed=3)) == ("SUCCEEDED", "cpu")

    assert servers.cpu.orders[0][1]["seed"] == 3


def test_a_model_whose_task_the_server_has_no_words_for_stops_the_start(tmp_path: Path):
    config = tmp_path / "kaiga.toml"
    config.write_text(
        """
        [engines.gpu]
        kind = "openai"
        url = "http://127.0.0.1:1/v1"
        [models."videoretalk"]
        engines = ["gpu"]
        """,
        "utf-8",
    )
    kaiga = RunningKaiga(tmp_path / "data", {"KAIGA_CONFIG": str(config)})

    with pytest.raises(AssertionError, match=r"\[models.\"videoretalk\".gpu\].*task is lip-sync"):
        kaiga.start()
