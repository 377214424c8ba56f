"""What clients and operators see of a server whose model, device or child is in trouble."""

import io
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from engines.diffusers.conftest import Weights
from engines.diffusers.stormy import Weather
from running import CREATE, MODEL, RunningKaiga, wait_until

TOO_LARGE, ELSEWHERE, HEAVY = "wan2.2-t2i-flash", "wan2.2-t2i-plus", "wanx2.1-t2i-turbo"
DYING, LATE, CORRUPT = "wanx2.1-t2i-plus", "wanx2.0-t2i-turbo", "wanx-v1"
"""Models of the catalogue, each for one test."""
PATIENCE_SECONDS = 100
TOLERANCE = 2
NO_MEMORY = "inference internal error: this server has too little memory for a result of this size."
UNFIT = "inference internal error: the model can't be loaded by this server."


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory) -> Weather:
    return Weather(tmp_path_factory.mktemp("weather") / "stormy")


@pytest.fixture(scope="module")
def kaiga(
    tmp_path_factory: pytest.TempPathFactory, weights: Weights, weather: Weather
) -> Iterator[RunningKaiga]:
    folder = tmp_path_factory.mktemp("stormy")
    corrupt = Path(shutil.copytree(weights("z_image"), folder / "corrupt"))
    for file in (corrupt / "transformer").glob("*.safetensors"):
        file.write_bytes(file.read_bytes()[:100])
    whole = [MODEL, TOO_LARGE, ELSEWHERE, HEAVY, DYING, LATE]
    bound = [*((name, weights("z_image")) for name in whole), (CORRUPT, str(corrupt))]
    config = folder / "kaiga.toml"
    config.write_text(
        '[engines.local]\nkind = "diffusers"\ndevices = ["cpu"]\n'
        + "".join(
            f'[models."{name}"]\nengines = ["local"]\n[models."{name}".local]\n'
            f'weights = "{place}"\nsteps = 2\nguidance = 0.0\nlargest_pixels = 4096\n'
            for name, place in bound
        ),
        "utf-8",
    )
    path = os.pathsep.join([str(weather.folder), os.environ["PYTHONPATH"]])
    running = RunningKaiga(
        folder / "data",
        {"KAIGA_CONFIG": str(config), "KAIGA_RETRIES": "0", "PYTHONPATH": path},
    ).start()
    yield running
    running.stop()


@pytest.fixture
def client(kaiga: RunningKaiga, weather: Weather) -> Iterator[httpx.Client]:
    with kaiga.client() as client:
        yield client
    weather.turn()


def test_a_child_that_dies_in_every_load_fails_the_task_and_the_next_child_is_well(
    kaiga: RunningKaiga, client: httpx.Client, weather: Weather
):
    weather.turn(load="deadly")

    failed = finish(kaiga, client, DYING)

    assert failed["output"]["task_status"] == "FAILED"
    assert failed["output"]["message"] == "inference internal error."
    assert causes_of(kaiga, client, failed) == ["engine_crashed"]
    weather.turn()
    assert finish(kaiga, client, DYING)["output"]["task_status"] == "SUCCEEDED"


class TestTooLittleMemory:
    def test_for_a_batch_has_it_made_one_after_the_other(
        self, kaiga: RunningKaiga, client: httpx.Client, weather: Weather
    ):
        usual = see_all(finish(kaiga, client, n=3, seed=7))

        weather.turn(most_together=1, most_when_offloaded=0)
        made = see_all(finish(kaiga, client, n=3, seed=7))

        assert len(made) == 3
        assert np.abs(np.subtract(made, usual)).max() <= TOLERANCE

    def test_for_one_result_is_told_and_the_next_task_runs(
        self, kaiga: RunningKaiga, client: httpx.Client, weather: Weather
    ):
        weather.turn(most_together=0, most_when_offloaded=0)
        failed = finish(kaiga, client, TOO_LARGE)

        assert failed["output"]["task_status"] == "FAILED"
        assert failed["output"]["code"] == "InternalError.Algo"
        assert failed["output"]["message"] == NO_MEMORY
        assert causes_of(kaiga, client, failed) == ["engine_out_of_memory"]
        assert "largest_pixels and most_frames make results smaller" in kaiga.log()
        weather.turn()
        assert finish(kaiga, client, TOO_LARGE)["output"]["task_status"] == "SUCCEEDED"

    def test_for_weights_and_a_result_puts_the_weights_elsewhere(
        self, kaiga: RunningKaiga, client: httpx.Client, weather: Weather
    ):
        weather.turn(most_together=0, most_when_offloaded=1)

        made = see_all(finish(kaiga, client, ELSEWHERE, n=2))

        assert len(made) == 2

    def test_for_a_load_is_told(self, kaiga: RunningKaiga, client: httpx.Client, weather: Weather):
        weather.turn(load="short")

        failed = finish(kaiga, client, HEAVY)

        assert failed["output"]["message"] == UNFIT
        assert "needs more memory than there is" in kaiga.log()


def test_a_checkpoint_that_is_cut_off_fails_its_tasks_and_says_which(
    kaiga: RunningKaiga, client: httpx.Client
):
    failed = finish(kaiga, client, CORRUPT)

    assert failed["output"]["message"] == UNFIT
    assert causes_of(kaiga, client, failed) == ["engine_unfit"]
    assert "corrupt can't be loaded: " in kaiga.log()


def test_a_task_whose_model_is_loading_is_pending_and_tells_how_far_that_is(
    kaiga: RunningKaiga, client: httpx.Client, weather: Weather
):
    weather.turn(load="held")
    task = create(client, LATE)

    wait_until(lambda: 0 < (show(kaiga, client, task)["loading"] or 0) < 1, "it is on its way")
    shown = show(kaiga, client, task)

    assert (shown["status"], shown["phase"]) == ("PENDING", "queue")
    assert client.get(f"/tasks/{task}").json()["output"]["task_status"] == "PENDING"
    (engine,) = client.get(f"{kaiga.base_url}/kaiga/v1/status").json()["engines"]
    assert engine["loading"] == {LATE: shown["loading"]}
    weather.turn()
    ended = kaiga.wait_for_end(client, task, PATIENCE_SECONDS)
    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert show(kaiga, client, task)["loading"] is None


def create(client: httpx.Client, model: str = MODEL, **parameters: object) -> str:
    order = {
        "model": model,
        "input": {"prompt": "a red boat"},
        "parameters": {"n": 1, "size": "1024*1024", "prompt_extend": False, **parameters},
    }
    answer = client.post(CREATE, json=order, headers={"X-DashScope-Async": "enable"})
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def finish(
    kaiga: RunningKaiga, client: httpx.Client, model: str = MODEL, **parameters: object
) -> dict[str, dict[str, object]]:
    return kaiga.wait_for_end(client, create(client, model, **parameters), PATIENCE_SECONDS)


def show(kaiga: RunningKaiga, client: httpx.Client, task: object) -> dict[str, object]:
    return client.get(f"{kaiga.base_url}/kaiga/v1/tasks/{task}").json()


def causes_of(
    kaiga: RunningKaiga, client: httpx.Client, ended: dict[str, dict[str, object]]
) -> list[object]:
    shown = show(kaiga, client, ended["output"]["task_id"])
    return [attempt["cause"] for attempt in shown["attempts"]]


def see_all(ended: dict[str, dict[str, object]]) -> list[np.ndarray]:
    assert ended["output"]["task_status"] == "SUCCEEDED", ended
    urls = [result["url"] for result in ended["output"]["results"]]
    pictures = [Image.open(io.BytesIO(httpx.get(url).content)) for url in urls]
    return [np.array(picture.convert("RGB")).astype(np.int16) for picture in pictures]
