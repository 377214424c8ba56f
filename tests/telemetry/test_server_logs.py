"""A server's own log, after calls of every kind: it names what happened and to which task, and
holds no prompt, no key and no signature."""

import json
import os
import signal
from pathlib import Path

import httpx
import pytest

from running import CREATE, KEY, MODEL, RunningKaiga, wait_until

PROMPT = "a zebra of Xylophonia"
BAD_KEY = "sk-ffffffffffffffffffffffffffffffff"
ASYNC = {"X-DashScope-Async": "enable"}


def submit(client: httpx.Client, **parameters: object) -> str:
    body = {"model": MODEL, "input": {"prompt": PROMPT}, "parameters": parameters}
    return client.post(CREATE, json=body, headers=ASYNC).json()["output"]["task_id"]


def children_of(server: RunningKaiga) -> list[int]:
    told = Path(f"/proc/{server.process_id}/task/{server.process_id}/children").read_text()
    return [int(each) for each in told.split()]


def kill_engine(server: RunningKaiga) -> None:
    wait_until(lambda: children_of(server), "an engine runs")
    for child in children_of(server):
        os.kill(child, signal.SIGKILL)


def ask_badly(server: RunningKaiga, client: httpx.Client) -> None:
    """Make calls that are refused, each with something in it that no log may show."""
    client.post(CREATE, content=f'{{"model": "{PROMPT}'.encode(), headers=ASYNC)
    client.post(CREATE, json={"model": PROMPT, "input": {"prompt": PROMPT}}, headers=ASYNC)
    client.post(f"{CREATE}/{PROMPT}", json={"input": PROMPT})
    client.get("/tasks/x", headers={"Authorization": f"Bearer {BAD_KEY}"})
    client.get(f"{server.base_url}/1d/no/link.png", params={"Signature": "Zm9yZ2Vk"})
    submit(client, size="1*1")


@pytest.mark.parametrize("as_json", ["true", "false"])
def test_a_server_logs_whose_engine_died_and_nothing_of_what_was_ordered(start_server, as_json):
    server = start_server(
        {"KAIGA_LOG_JSON": as_json, "KAIGA_LOG_LEVEL": "debug", "KAIGA_SKETCH_SECONDS": "1"}
    )
    with server.client() as client:
        task_id = submit(client, n=1, size="768*768")
        kill_engine(server)
        ended = server.wait_for_end(client, task_id)
        link = ended["output"]["results"][0]["url"]
        assert httpx.get(link).status_code == 200
        ask_badly(server, client)
    server.stop()

    log = server.log()
    crash = next(line for line in log.splitlines() if "the engine crashed" in line)
    assert task_id in crash
    assert ended["request_id"] not in crash  # the request that made the task, not the last poll
    if as_json == "true":
        assert json.loads(crash)["task_id"] == task_id
        assert json.loads(crash)["request_id"]
    for secret in (PROMPT, "Xylophonia", KEY, BAD_KEY, "Zm9yZ2Vk", link.partition("Signature=")[2]):
        assert secret not in log
