"""A server whose kaiga.toml binds engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from running import CREATE, MODEL, RunningKaiga

BINDINGS = f"""
[engines.drawing]
kind = "sketch"

[models."{MODEL}"]
engines = ["drawing"]
"""


@pytest.fixture(scope="module")
def kaiga(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    folder: Path = tmp_path_factory.mktemp("bound")
    config = folder / "kaiga.toml"
    config.write_text(BINDINGS, "utf-8")
    kaiga = RunningKaiga(folder / "data", {"KAIGA_CONFIG": str(config)}).start()
    yield kaiga
    kaiga.stop()


def test_a_bound_model_is_answered_by_its_engine(kaiga: RunningKaiga):
    with kaiga.client() as client:
        task = kaiga.submit(client, "a red boat")
        ended = kaiga.wait_for_end(client, task)

        assert ended["output"]["task_status"] == "SUCCEEDED"
        assert client.get(f"/tasks/{task}").headers["x-kaiga-engine"] == "drawing"


def test_a_model_that_is_not_bound_is_refused_by_name(kaiga: RunningKaiga):
    with kaiga.client() as client:
        answer = client.post(
            CREATE,
            json={"model": "wanx2.1-t2i-turbo", "input": {"prompt": "a boat"}},
            headers={"X-DashScope-Async": "enable"},
        )

    assert answer.status_code == 404
    assert answer.json()["code"] == "ModelNotFound"
    assert "no engine of this server answers wanx2.1-t2i-turbo" in answer.json()["message"]


def test_only_what_is_bound_is_offered(kaiga: RunningKaiga):
    with kaiga.client() as client:
        offered = client.get("/models").json()["output"]["models"]

    assert [model["model"] for model in offered] == [MODEL]


def test_the_status_tells_how_every_engine_is(kaiga: RunningKaiga):
    with kaiga.client() as client:
        status = client.get(f"{kaiga.base_url}/kaiga/v1/status").json()

    assert status["engines"] == [
        {
            "name": "drawing",
            "kind": "sketch",
            "state": "ready",
            "message": "",
            "models": [MODEL],
            "loaded": [],
            "loading": {},
            "resting": [],
        }
    ]
