"""A gateway that is killed while its calls are under way: nothing is made twice upstream."""

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from bindings.between import Between, Hold, open_between
from running import CREATE, KEY, RunningKaiga

ASYNC = {"X-DashScope-Async": "enable"}
SCENARIOS = {
    "never-sent": ("wan2.5-t2i-preview", Hold.BEFORE),
    "sent-again": ("wan2.2-t2i-flash", Hold.BEFORE),
    "taken": ("wan2.2-t2i-plus", Hold.AFTER),
    "twins": ("wanx2.1-t2i-turbo", Hold.AFTER),
    "a-stranger": ("wanx2.1-t2i-plus", Hold.BEFORE),
    "running": ("wanx2.0-t2i-turbo", Hold.QUERIES),
    "waited-for": ("z-image-turbo", Hold.AFTER),
}
"""Each has an engine, a model and an account upstream of its own, so one crash is enough for all:
what is held when the gateway is killed, and never answered."""
UNDECIDED = "It was not sent again"


@dataclass
class Crashed:
    """What is there after the gateway was killed and started again, and all tasks have ended."""

    gateway: RunningKaiga
    upstream: RunningKaiga
    ends: dict[str, dict[str, Any]]
    intents: dict[str, str | None]
    """The upstream's id by engine, as the gateway's database had it when it was killed."""

    def count_upstream(self, name: str) -> int:
        with self.upstream.client(key_of(name)) as client:
            return client.get("/tasks").json()["total"]


def key_of(name: str) -> str:
    return f"sk-upstream-{name}"


def order(prompt: str, model: str) -> dict[str, Any]:
    parameters = {"n": 1, "size": "768*768", "prompt_extend": False, "seed": 7}
    return {"model": model, "input": {"prompt": prompt}, "parameters": parameters}


def create(client: httpx.Client, prompt: str, model: str) -> str:
    answer = client.post(CREATE, json=order(prompt, model), headers=ASYNC)
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def call_and_wait(gateway: RunningKaiga, model: str) -> None:
    """Order something synchronously, of a server that is killed before it answers."""
    message = {"role": "user", "content": [{"text": "for who waits"}]}
    order = {"model": model, "input": {"messages": [message]}}
    with gateway.client() as client, contextlib.suppress(httpx.TransportError):
        client.post("/services/aigc/multimodal-generation/generation", json=order)


def write_config(between: Between) -> str:
    return "\n".join(
        f"""
        [engines.{name}]
        kind = "model-studio"
        url = "{between.url(name)}"
        key_env = "UPSTREAM_{name.replace("-", "_")}"
        poll_seconds = 0.1
        settle_seconds = 0.2
        resend = {"true" if name == "sent-again" else "false"}

        [models."{model}"]
        engines = ["{name}"]
        """
        for name, (model, _) in SCENARIOS.items()
    )


def read_intents(gateway: RunningKaiga) -> dict[str, str | None]:
    return dict(gateway.select("SELECT engine, upstream_id FROM upstream_calls"))


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashed]:
    folder = tmp_path_factory.mktemp("crashes")
    upstream = RunningKaiga(folder / "upstream", {"KAIGA_EMULATOR": "true"}).start()
    with open_between(upstream.base_url) as between:
        config = folder / "kaiga.toml"
        config.write_text(write_config(between), "utf-8")
        keys = {f"UPSTREAM_{name.replace('-', '_')}": key_of(name) for name in SCENARIOS}
        gateway = RunningKaiga(folder / "gateway", {"KAIGA_CONFIG": str(config), **keys}).start()
        between.holds.update({name: hold for name, (_, hold) in SCENARIOS.items()})
        with gateway.client() as client, ThreadPoolExecutor() as threads:
            threads.submit(call_and_wait, gateway, SCENARIOS["waited-for"][0])
            tasks = {
                name: create(client, f"for {name}", model)
                for name, (model, _) in SCENARIOS.items()
                if name != "waited-for"
            }
            between.wait_until_held()
            intents = read_intents(gateway)
            gateway.kill()
        for name in ("twins", "a-stranger"):
            with upstream.client(key_of(name)) as stranger:
                create(stranger, "somebody else's order", SCENARIOS[name][0])
        between.let_go()
        gateway.start()
        with gateway.client() as client:
            of_model = {"model_name": SCENARIOS["waited-for"][0]}
            [waited_for] = client.get("/tasks", params=of_model).json()["data"]
            tasks["waited-for"] = waited_for["task_id"]
            ends = {name: gateway.wait_for_end(client, task) for name, task in tasks.items()}
        yield Crashed(gateway, upstream, ends, intents)
        gateway.stop()
    upstream.stop()
    assert "Traceback" not in gateway.log()


def test_an_intent_is_on_disk_before_the_upstream_has_the_call(crashed: Crashed):
    assert crashed.intents["never-sent"] is None
    assert crashed.intents["taken"] is None
    assert crashed.intents["running"]


def test_a_call_that_the_upstream_never_got_fails_clearly_and_is_not_sent_again(crashed: Crashed):
    output = crashed.ends["never-sent"]["output"]

    assert output["task_status"] == "FAILED"
    assert output["code"] == "InternalError"
    assert UNDECIDED in output["message"]
    assert crashed.count_upstream("never-sent") == 0


def test_where_a_setting_says_so_it_is_sent_again(crashed: Crashed):
    assert crashed.ends["sent-again"]["output"]["task_status"] == "SUCCEEDED"
    assert crashed.count_upstream("sent-again") == 1


def test_a_call_whose_answer_was_lost_is_found_in_the_list_and_made_once(crashed: Crashed):
    output = crashed.ends["taken"]["output"]

    assert output["task_status"] == "SUCCEEDED"
    assert crashed.count_upstream("taken") == 1
    with crashed.upstream.client(key_of("taken")) as client:
        [listed] = client.get("/tasks").json()["data"]
        there = client.get(f"/tasks/{listed['task_id']}").json()["output"]["results"][0]["url"]
    assert httpx.get(output["results"][0]["url"]).content == httpx.get(there).content


def test_of_two_tasks_that_may_be_ours_none_is_taken(crashed: Crashed):
    output = crashed.ends["twins"]["output"]

    assert output["task_status"] == "FAILED"
    assert UNDECIDED in output["message"]
    assert crashed.count_upstream("twins") == 2


def test_a_strangers_task_is_not_taken_for_ours(crashed: Crashed):
    output = crashed.ends["a-stranger"]["output"]

    assert output["task_status"] == "FAILED"
    assert UNDECIDED in output["message"]


def test_a_task_that_runs_upstream_is_followed_on(crashed: Crashed):
    assert crashed.ends["running"]["output"]["task_status"] == "SUCCEEDED"
    assert crashed.count_upstream("running") == 1


def test_a_synchronous_call_is_found_where_the_upstream_lists_such_calls(crashed: Crashed):
    assert crashed.intents["waited-for"] is None
    assert crashed.ends["waited-for"]["output"]["task_status"] == "SUCCEEDED"
    assert crashed.count_upstream("waited-for") == 1


def test_no_key_of_an_upstream_is_in_the_log(crashed: Crashed):
    log = crashed.gateway.log()

    assert KEY not in log
    assert not [name for name in SCENARIOS if key_of(name) in log]
