"""A gateway whose models are made by a second Kaiga, or by an emulator that fails on demand."""

import base64
import io
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from PIL import Image

from clients.wire import get_policy, upload
from emulator.controlling import Tester
from running import CREATE, MODEL, RunningKaiga, wait_until

ASYNC = {"X-DashScope-Async": "enable"}
MESSAGES = "/services/aigc/multimodal-generation/generation"
EDIT = "/services/aigc/image2image/image-synthesis"
KEY_OF_GATEWAY = "sk-the-gateways-own-key"
SHAKY = "wan2.2-t2i-plus"
EITHER = "wan2.2-t2i-flash"
SYNCHRONOUS = "z-image-turbo"
EDITOR = "wan2.5-i2i-preview"


@dataclass
class Chain:
    """A gateway, the second Kaiga behind it, and the emulator with the gateway's account."""

    gateway: RunningKaiga
    second: RunningKaiga
    account: Tester
    client: httpx.Client

    def order(self, model: str, **parameters: Any) -> dict[str, Any]:
        given = {"n": 1, "size": "768*768", "prompt_extend": False, **parameters}
        return {"model": model, "input": {"prompt": "a red boat"}, "parameters": given}

    def submit(self, order: dict[str, Any], path: str = CREATE, **headers: str) -> str:
        answer = self.client.post(path, json=order, headers={**ASYNC, **headers})
        assert answer.status_code == 200, answer.text
        return answer.json()["output"]["task_id"]

    def end(self, order: dict[str, Any], path: str = CREATE) -> dict[str, Any]:
        return self.gateway.wait_for_end(self.client, self.submit(order, path))

    def newest_there(self) -> dict[str, Any]:
        """Give the answer of the newest task of the second Kaiga."""
        with self.second.client() as client:
            newest = client.get("/tasks").json()["data"][0]["task_id"]
            return client.get(f"/tasks/{newest}").json()

    def request_there(self) -> dict[str, Any]:
        """Give the body of that task, as the second Kaiga got it."""
        task = self.newest_there()["output"]["task_id"]
        with self.second.client() as client:
            return client.get(f"{self.second.base_url}/kaiga/v1/tasks/{task}/request").json()


def find_closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    second = RunningKaiga(folder / "second").start()
    emulator = RunningKaiga(folder / "emulator", {"KAIGA_EMULATOR": "true"}).start()
    key_file = folder / "key"
    key_file.write_text(f"{second.key}\n", "ascii")
    key_file.chmod(0o600)
    dead = f"http://127.0.0.1:{find_closed_port()}/api/v1"
    quick = "poll_seconds = 0.05\nlongest_poll_seconds = 0.5\nsettle_seconds = 0.2"
    config = folder / "gateway.toml"  # which the second Kaiga does not find
    config.write_text(
        f"""
        [engines.gpu]
        kind = "model-studio"
        url = "{dead}"
        key_file = "{key_file}"

        [engines.cloud]
        kind = "model-studio"
        url = "{second.api_url}"
        key_file = "{key_file}"
        {quick}

        [engines.shaky]
        kind = "model-studio"
        url = "{emulator.api_url}"
        key_env = "SHAKY_KEY"
        {quick}

        [models]
        "{MODEL}" = {{ engines = ["cloud"] }}
        "{SYNCHRONOUS}" = {{ engines = ["cloud"] }}
        "{EDITOR}" = {{ engines = ["cloud"] }}
        "{EITHER}" = {{ engines = ["gpu", "cloud"], cloud = {{ name = "wan2.2-t2i-plus" }} }}
        "{SHAKY}" = {{ engines = ["shaky"] }}
        """,
        "utf-8",
    )
    settings = {
        "KAIGA_CONFIG": str(config),
        "SHAKY_KEY": KEY_OF_GATEWAY,
        "KAIGA_LOG_LEVEL": "debug",
    }
    gateway = RunningKaiga(folder / "gateway", settings).start()
    with gateway.client() as client, Tester(emulator, KEY_OF_GATEWAY) as account:
        account.control("POST", "reset")
        yield Chain(gateway, second, account, client)
    for each in (gateway, emulator, second):
        each.stop()
    assert "Traceback" not in gateway.log()
    assert KEY_OF_GATEWAY not in gateway.log()
    assert second.key not in gateway.log()


@pytest.fixture
def shaky(chain: Chain) -> Tester:
    """The account upstream, as if it were new: with no faults and no tasks."""
    chain.account.control("POST", "reset")
    return chain.account


def make_picture() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((512, 512), 60).convert("RGB").save(file, "PNG")
    return file.getvalue()


def make_large_picture() -> bytes:
    """One that is too large to be sent as Base64, as a file of 7.7 MB."""
    file = io.BytesIO()
    Image.new("RGB", (1600, 1600), "orange").save(file, "BMP")
    return file.getvalue()


def test_results_and_usage_are_those_of_the_upstream(chain: Chain):
    ended = chain.end(chain.order(MODEL, n=2, seed=11))
    there = chain.newest_there()

    assert ended["usage"] == there["usage"]
    assert ended["output"]["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0}
    for here, original in zip(ended["output"]["results"], there["output"]["results"], strict=True):
        assert here["url"].startswith(chain.gateway.base_url)
        assert httpx.get(here["url"]).content == httpx.get(original["url"]).content


def test_the_prompt_is_rewritten_once_and_upstream(chain: Chain):
    ended = chain.end(chain.order(MODEL, prompt_extend=True))
    there = chain.newest_there()

    [result] = ended["output"]["results"]
    assert result["actual_prompt"] == there["output"]["results"][0]["actual_prompt"]
    assert there["output"]["results"][0]["orig_prompt"] == "a red boat"


def test_a_seed_that_was_drawn_here_is_the_upstreams_too(chain: Chain):
    task = chain.submit(chain.order(MODEL))
    chain.gateway.wait_for_end(chain.client, task)

    own = f"{chain.gateway.base_url}/kaiga/v1/tasks/{task}"
    sent = chain.request_there()["parameters"]["seed"]
    assert sent == chain.client.get(own).json()["seed"]


def test_a_synchronous_model_is_called_synchronously(chain: Chain):
    content = [{"text": "a red boat"}]
    order = {"model": SYNCHRONOUS, "input": {"messages": [{"role": "user", "content": content}]}}
    answer = chain.client.post(MESSAGES, json=order)

    assert answer.status_code == 200, answer.text
    [choice] = answer.json()["output"]["choices"]
    image = next(item["image"] for item in choice["message"]["content"] if "image" in item)
    assert httpx.get(image).content.startswith(b"\x89PNG")


def test_a_file_inside_the_request_is_brought_along(chain: Chain):
    picture = base64.b64encode(make_picture()).decode()
    order = {
        "model": EDITOR,
        "input": {"prompt": "make it night", "images": [f"data:image/png;base64,{picture}"]},
        "parameters": {"n": 1},
    }
    ended = chain.end(order, EDIT)

    assert ended["output"]["task_status"] == "SUCCEEDED", ended
    assert ended["usage"] == chain.newest_there()["usage"]


def test_a_large_upload_of_ours_is_uploaded_there(chain: Chain):
    policy = get_policy(chain.client, EDITOR)
    assert upload(policy, "large.bmp", make_large_picture()).status_code == 200
    order = {
        "model": EDITOR,
        "input": {
            "prompt": "make it night",
            "images": [f"oss://{policy['upload_dir']}/large.bmp"],
        },
        "parameters": {"n": 1},
    }
    task = chain.submit(order, EDIT, **{"X-DashScope-OssResourceResolve": "enable"})
    ended = chain.gateway.wait_for_end(chain.client, task)

    assert ended["output"]["task_status"] == "SUCCEEDED", ended
    [sent] = chain.request_there()["input"]["images"]
    assert sent.startswith("oss://")
    assert sent not in str(order)


def test_a_result_of_our_own_is_brought_along_as_a_file(chain: Chain):
    [first] = chain.end(chain.order(MODEL))["output"]["results"]
    order = {
        "model": EDITOR,
        "input": {"prompt": "make it night", "images": [first["url"]]},
        "parameters": {"n": 1},
    }
    ended = chain.end(order, EDIT)

    assert ended["output"]["task_status"] == "SUCCEEDED", ended


def test_where_one_engine_is_away_the_next_makes_the_same_task(chain: Chain):
    task = chain.submit(chain.order(EITHER))
    ended = chain.gateway.wait_for_end(chain.client, task)

    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert chain.client.get(f"/tasks/{task}").headers["x-kaiga-engine"] == "cloud"
    with chain.second.client() as client:
        assert client.get("/tasks").json()["data"][0]["model_name"] == "wan2.2-t2i-plus"


def test_a_create_that_is_throttled_waits_and_is_no_failure(chain: Chain, shaky: Tester):
    shaky.fault("throttled", times=2, retry_after_seconds=1)

    assert chain.end(chain.order(SHAKY))["output"]["task_status"] == "SUCCEEDED"
    assert shaky.count_tasks() == 1


def test_a_create_whose_answer_is_lost_is_found_in_the_list(chain: Chain, shaky: Tester):
    shaky.fault("dropped-after", on="create", times=1)

    assert chain.end(chain.order(SHAKY))["output"]["task_status"] == "SUCCEEDED"
    assert shaky.count_tasks() == 1


def test_an_error_of_the_service_is_tried_again(chain: Chain, shaky: Tester):
    shaky.fault("error", on="create", times=1, status=503, code="ModelUnavailable")

    assert chain.end(chain.order(SHAKY))["output"]["task_status"] == "SUCCEEDED"
    assert shaky.count_tasks() == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error", "on": "query", "times": 2, "status": 500, "code": "InternalError"},
        {"kind": "throttled", "on": "query", "times": 2, "retry_after_seconds": 1},
        {"kind": "dropped-before", "on": "query", "times": 2},
        {"kind": "malformed-json", "on": "query", "times": 1},
        {"kind": "lost-task", "times": 2},
        {"kind": "link-expired", "times": 1},
        {"kind": "truncated-file", "times": 1},
    ],
    ids=lambda fault: f"{fault['kind']}-{fault['times']}",
)
def test_what_fails_once_or_twice_on_the_way_costs_nothing(
    chain: Chain, shaky: Tester, fault: dict[str, Any]
):
    kind = fault["kind"]
    shaky.fault(kind, **{name: value for name, value in fault.items() if name != "kind"})

    ended = chain.end(chain.order(SHAKY))

    assert ended["output"]["task_status"] == "SUCCEEDED", ended
    assert shaky.count_tasks() == 1


def test_a_task_that_the_upstream_forgets_fails_clearly(chain: Chain, shaky: Tester):
    shaky.fault("lost-task")

    output = chain.end(chain.order(SHAKY))["output"]

    assert output["task_status"] == "FAILED"
    assert "no longer knows the task" in output["message"]


def test_code_and_message_of_a_failure_are_passed_on(chain: Chain, shaky: Tester):
    shaky.fault("task-failed", code="InvalidImage.NoHumanFace", message="No human face detected.")

    output = chain.end(chain.order(SHAKY))["output"]

    assert output["task_status"] == "FAILED"
    assert (output["code"], output["message"]) == (
        "InvalidImage.NoHumanFace",
        "No human face detected.",
    )


def test_a_refusal_at_the_create_shows_in_the_task(chain: Chain, shaky: Tester):
    shaky.fault("create-inspection")

    output = chain.end(chain.order(SHAKY))["output"]

    assert output["task_status"] == "FAILED"
    assert output["code"] == "DataInspectionFailed"
    assert shaky.count_tasks() == 0


def test_one_result_of_several_may_fail(chain: Chain, shaky: Tester):
    shaky.fault("result-inspection", result=1)

    ended = chain.end(chain.order(SHAKY, n=2))

    [good, bad] = ended["output"]["results"]
    assert good["url"].startswith(chain.gateway.base_url)
    assert bad["code"] == "DataInspectionFailed"
    assert ended["usage"]["image_count"] == 1


def test_a_cancel_here_cancels_what_waits_there(chain: Chain, shaky: Tester):
    shaky.fault("stuck-pending")
    task = chain.submit(chain.order(SHAKY))
    wait_until(lambda: shaky.count_tasks() == 1, "the upstream has the task")

    url = f"{chain.gateway.base_url}/kaiga/v1/tasks/{task}/cancel"
    assert chain.client.post(url).is_success
    ended = chain.gateway.wait_for_end(chain.client, task)

    assert ended["output"]["task_status"] == "CANCELED"
    [there] = shaky.api.get("/tasks").json()["data"]
    assert there["status"] == "CANCELED"


def test_many_tasks_are_looked_up_together(chain: Chain, shaky: Tester):
    shaky.fault("stuck-running")
    tasks = [chain.submit(chain.order(SHAKY)) for _ in range(6)]
    wait_until(lambda: shaky.count_tasks() == 6, "the upstream has all tasks")

    def count(path: str, query: str = "") -> int:
        calls = shaky.requests()
        return sum(each["path"].startswith(path) and query in each["query"] for each in calls)

    wait_until(lambda: count("/api/v1/tasks", "page_size=100") >= 3, "the list was read 3 times")
    shaky.control("DELETE", "requests")
    wait_until(lambda: count("/api/v1/tasks", "page_size=100") >= 3, "it was read 3 times more")
    # each list stands for four looks at least; a task that is due by itself is looked at alone
    assert count("/api/v1/tasks/") < 3 * 4

    shaky.control("POST", "reset")
    for task in tasks:
        ended = chain.gateway.wait_for_end(chain.client, task)
        assert "no longer knows the task" in ended["output"]["message"]


def test_a_task_survives_the_death_of_its_upstream(chain: Chain):
    second = chain.second
    before = count_there(chain)
    task = chain.submit(chain.order(MODEL, n=4, size="1440*1440"))
    wait_until(lambda: count_there(chain) == before + 1, "the upstream has the task")

    second.set(KAIGA_PORT=second.base_url.rpartition(":")[2]).kill()
    orphaned = chain.client.get(f"/tasks/{task}").json()["output"]["task_status"]
    second.start()
    ended = chain.gateway.wait_for_end(chain.client, task)

    assert orphaned == "RUNNING"
    assert ended["output"]["task_status"] == "SUCCEEDED", ended
    assert len(ended["output"]["results"]) == 4
    assert count_there(chain) == before + 1


def count_there(chain: Chain) -> int:
    with chain.second.client() as client:
        return client.get("/tasks").json()["total"]
