"""Adapters in the header of a create: which may be named, and where they are kept.

The engine's libraries are not needed here, so its tasks fail; tests/engines/diffusers has a real
adapter.
"""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from kaiga.compose.engines.adapters import list_adapters
from kaiga.domain.engines import Binding, EnginePlan, EngineSpec
from running import CREATE, MODEL, RunningKaiga

BOTH = "wan2.2-t2i-flash"
BARE = "wan2.2-t2i-plus"
ORDER = {"model": MODEL, "input": {"prompt": "a red boat"}, "parameters": {"n": 1}}
GPU = EngineSpec(name="gpu", kind="diffusers")
OTHER = EngineSpec(name="other", kind="diffusers")


@pytest.fixture(scope="module")
def kaiga(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    folder = tmp_path_factory.mktemp("adapters")
    config = folder / "kaiga.toml"
    config.write_text(
        f"""
        [engines.gpu]
        kind = "diffusers"
        [models."{MODEL}"]
        engines = ["gpu"]
        [models."{MODEL}".gpu]
        weights = "/nothing"
        lora = {{ paper = "/p.safetensors", ink = "/i.safetensors" }}
        [models."{BARE}"]
        engines = ["gpu"]
        [models."{BARE}".gpu]
        weights = "/nothing"
        lora = {{ paper = "/p.safetensors", ink = "/i.safetensors" }}
        [models."{BOTH}"]
        engines = ["gpu"]
        gpu = {{ weights = "/nothing" }}
        """,
        "utf-8",
    )
    running = RunningKaiga(
        folder / "data", {"KAIGA_CONFIG": str(config), "KAIGA_RETRIES": "0"}
    ).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def client(kaiga: RunningKaiga) -> Iterator[httpx.Client]:
    with kaiga.client() as client:
        yield client


def create(client: httpx.Client, lora: str, **headers: str) -> httpx.Response:
    headers = {"X-DashScope-Async": "enable", "X-Kaiga-Lora": lora, **headers}
    return client.post(CREATE, json=ORDER, headers=headers)


def own(kaiga: RunningKaiga, task: str, what: str) -> str:
    return f"{kaiga.base_url}/kaiga/v1/tasks/{task}/{what}"


def adapters_of(kaiga: RunningKaiga, client: httpx.Client, task: str) -> Any:
    kaiga.wait_for_end(client, task)
    return client.get(own(kaiga, task, "manifest")).json()["adapters"]


def test_adapters_are_kept_with_the_order_and_with_its_reruns(
    kaiga: RunningKaiga, client: httpx.Client
):
    task = create(client, "ink:0.8, paper").json()["output"]["task_id"]
    again = client.post(own(kaiga, task, "rerun"), json={}).json()["task_id"]

    chosen = [{"id": "ink", "weight": 0.8}, {"id": "paper", "weight": 1.0}]
    assert adapters_of(kaiga, client, task) == chosen
    assert adapters_of(kaiga, client, again) == chosen


def test_the_command_names_adapters_too(kaiga: RunningKaiga, client: httpx.Client):
    names = ("--lora", "ink:0.8", "--lora", "paper")
    server = ("--model", BARE, "--url", kaiga.base_url, "--key", kaiga.key)

    subprocess.run(
        [sys.executable, "-m", "kaiga", "generate", "a red boat", *names, *server],
        capture_output=True,
        check=False,  # the engine's libraries are not here
    )

    (found,) = client.get(f"{kaiga.base_url}/kaiga/v1/tasks?model={BARE}").json()["tasks"]
    chosen = [{"id": "ink", "weight": 0.8}, {"id": "paper", "weight": 1.0}]
    assert adapters_of(kaiga, client, found["task_id"]) == chosen


@pytest.mark.parametrize(
    "named", ["wash", "ink, wash", "/i.safetensors", "https://example.com/ink.safetensors", "INK"]
)
def test_what_is_no_id_of_the_models_is_refused_with_those_that_are(
    client: httpx.Client, named: str
):
    answer = create(client, named)

    assert answer.status_code == 400
    assert answer.json()["code"] == "InvalidParameter"
    assert answer.json()["message"] == (
        f"X-Kaiga-Lora names an adapter that {MODEL} does not have on this server."
        " Allowed: ink, paper."
    )


def test_a_model_without_adapters_says_so(client: httpx.Client):
    answer = client.post(
        CREATE,
        json={**ORDER, "model": BOTH},
        headers={"X-DashScope-Async": "enable", "X-Kaiga-Lora": "ink"},
    )

    assert answer.status_code == 400
    assert answer.json()["message"].endswith("It has none.")


def test_a_weight_that_is_too_large_is_told(client: httpx.Client):
    answer = create(client, "ink:50")

    assert answer.status_code == 400
    assert answer.json()["message"] == (
        "X-Kaiga-Lora must be a list of adapters such as ink, paper:0.5:"
        " a weight is a number from -10 to 10."
    )


def test_another_adapter_makes_another_call(client: httpx.Client):
    first = create(client, "ink", **{"Idempotency-Key": "once"})
    same = create(client, "ink:1.0", **{"Idempotency-Key": "once"})
    other = create(client, "paper", **{"Idempotency-Key": "once"})

    assert same.json()["output"]["task_id"] == first.json()["output"]["task_id"]
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("engines", "allowed"),
    [(("gpu",), {"ink", "paper"}), (("gpu", "other"), {"ink"}), (("gpu", "sketch"), set[str]())],
)
def test_only_what_every_engine_of_a_model_knows_may_be_named(
    engines: tuple[str, ...], allowed: set[str]
):
    options = {"gpu": {"lora": {"ink": "a", "paper": "b"}}, "other": {"lora": {"ink": "c"}}}
    plan = EnginePlan(["a"], [GPU, OTHER], [Binding(model="a", engines=engines, options=options)])

    assert list_adapters(plan, "a") == allowed
    assert list_adapters(plan, "b") == frozenset()
