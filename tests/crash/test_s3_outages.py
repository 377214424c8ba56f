"""The bucket away while a server works: told clearly, waited out, and nothing is lost."""

from base64 import b64encode
from collections.abc import Iterator

import httpx
import pytest

from faulty_way import Fault, FaultyWay
from running import CREATE, MODEL, RunningKaiga, wait_until
from s3_server import S3Server
from service.collecting import RED

EDIT = "/services/aigc/image2image/image-synthesis"
ASYNC = {"X-DashScope-Async": "enable"}
LARGE = "y" * 40_000
"""Past what a row holds, so that the request itself becomes an object."""
SETTINGS = {
    "KAIGA_WORKERS": "2",
    "KAIGA_SKETCH_SECONDS": "0.3",
    "KAIGA_LEASE_SECONDS": "2",
    "KAIGA_S3_TIMEOUT_SECONDS": "0.5",
}


@pytest.fixture(scope="module")
def way(s3_server: S3Server) -> Iterator[FaultyWay]:
    with FaultyWay(s3_server.endpoint) as opened:
        yield opened


@pytest.fixture(scope="module")
def running(
    s3_server: S3Server, way: FaultyWay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKaiga]:
    settings = {**SETTINGS, **s3_server.make_place(way.endpoint)}
    started = RunningKaiga(tmp_path_factory.mktemp("s3-outages") / "data", settings).start()
    yield started
    started.stop()


@pytest.fixture
def client(running: RunningKaiga) -> Iterator[httpx.Client]:
    with running.client() as opened:
        yield opened


def create_large(client: httpx.Client) -> httpx.Response:
    parameters = {"n": 1, "size": "768*768", "prompt_extend": False, "junk": LARGE}
    body = {"model": MODEL, "input": {"prompt": "a cat"}, "parameters": parameters}
    return client.post(CREATE, json=body, headers=ASYNC)


def create_with_picture(client: httpx.Client) -> httpx.Response:
    picture = f"data:image/png;base64,{b64encode(RED).decode()}"
    body = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "at night", "images": [picture]},
        "parameters": {"n": 1},
    }
    return client.post(EDIT, json=body, headers=ASYNC)


def list_attempts(running: RunningKaiga, task_id: str) -> list[tuple[object, ...]]:
    return running.select("SELECT attempt, cause FROM attempts WHERE task_id = ?", task_id)


@pytest.mark.parametrize("fault", [Fault.AWAY, Fault.SILENT], ids=lambda each: each.name)
def test_work_waits_for_a_bucket_that_is_away_and_is_made_once(
    running: RunningKaiga, client: httpx.Client, way: FaultyWay, fault: Fault
):
    link = running.wait_for_end(client, running.submit(client))["output"]["results"][0]["url"]
    before = running.log()

    with way.broken(fault):
        task_id = running.submit(client)
        refused = [create_large(client), create_with_picture(client), httpx.get(link)]
        wait_until(
            lambda: "finished work waits" in running.log().removeprefix(before),
            "the picture is made and waits",
        )
        standing = client.get(f"/tasks/{task_id}").json()["output"]["task_status"]
    ended = running.wait_for_end(client, task_id)["output"]

    for answer in refused:
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
    assert [answer.json()["code"] for answer in refused[:2]] == ["ModelUnavailable"] * 2
    assert standing == "RUNNING"
    assert ended["task_status"] == "SUCCEEDED"
    assert list_attempts(running, task_id) == [(1, None)]
    assert httpx.get(link).status_code == 200
    wait_until(
        lambda: "the object store takes objects again" in running.log(), "the log tells of the end"
    )


def test_a_download_that_is_cut_at_the_bucket_goes_on_and_is_whole(
    running: RunningKaiga, client: httpx.Client, way: FaultyWay
):
    link = running.wait_for_end(client, running.submit(client))["output"]["results"][0]["url"]
    whole = httpx.get(link).content

    with way.broken(Fault.CUT, times=1):
        again = httpx.get(link).content

    assert again == whole
    assert way.faults_met > 0


def test_a_frozen_store_keeps_nobody_who_needs_none(
    running: RunningKaiga, client: httpx.Client, s3_server: S3Server
):
    task_id = running.submit(client)
    running.wait_for_end(client, task_id)

    s3_server.freeze()
    try:
        polled = client.get(f"/tasks/{task_id}").json()["output"]["task_status"]
        waiting = running.submit(client)
    finally:
        s3_server.thaw()

    assert polled == "SUCCEEDED"
    assert running.wait_for_end(client, waiting)["output"]["task_status"] == "SUCCEEDED"
