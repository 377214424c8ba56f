"""The compose file, and the balancer that it puts in front of the nodes."""

import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from deploy.tools import DEPLOY, find_tool, judge
from running import RunningKaiga, wait_until

FOLDER = DEPLOY / "compose"
FILES = [FOLDER / "compose.yaml", DEPLOY / "emulator" / "compose.yaml"]
COMPOSE: dict[str, Any] = yaml.safe_load(FILES[0].read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


@pytest.mark.parametrize("file", FILES, ids=["service", "emulator"])
def test_it_is_of_the_form_that_compose_wants(file: Path) -> None:
    judge("check-jsonschema", "--builtin-schema", "vendor.compose-spec", file)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_do_no_more_than_it_needs(name: str) -> None:
    service = SERVICES[name]

    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] or name == "prometheus"
    assert "memory" in service["deploy"]["resources"]["limits"]
    assert re.search(r":[\w.-]+$", service["image"])


def test_every_file_that_is_mounted_is_there() -> None:
    sources = {
        each["source"] for service in SERVICES.values() for each in service.get("configs", [])
    }

    assert sources == set(COMPOSE["configs"])
    assert [
        each for each in COMPOSE["configs"].values() if not (FOLDER / each["file"]).is_file()
    ] == []


def test_every_value_that_has_to_be_set_is_in_the_example() -> None:
    text = FILES[0].read_text("utf-8")

    needed = set(re.findall(r"\$\{([A-Z_]+)", text))

    example = (FOLDER / "env.example").read_text("utf-8")
    assert needed == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


@pytest.mark.parametrize("name", ["api-1", "api-2", "worker", "gpu-worker"])
def test_a_node_is_given_the_time_that_its_stop_may_take(name: str) -> None:
    service = SERVICES[name]

    grace = int(service["environment"]["KAIGA_GRACE_SECONDS"])

    assert int(service["stop_grace_period"].removesuffix("s")) >= 2 * grace + 10


def test_every_api_node_is_behind_the_balancer_and_asked_by_prometheus() -> None:
    nodes = {f"{name}:8600" for name in SERVICES if name.startswith("api-")}

    balanced = re.findall(r"\{\$NODES:(.*?)\}", (FOLDER / "Caddyfile").read_text("utf-8"))
    [job] = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))["scrape_configs"]

    assert set(balanced[0].split()) == nodes
    assert set(job["static_configs"][0]["targets"]) == nodes


def test_only_this_machine_reaches_the_ports() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[list[RunningKaiga]]:
    settings = {"KAIGA_WORKERS": "0"}
    running = [RunningKaiga(tmp_path / name, settings).start() for name in ("one", "two")]
    yield running
    for node in running:
        node.stop()


@pytest.fixture
def balancer(nodes: list[RunningKaiga], tmp_path: Path) -> Iterator[httpx.Client]:
    """The Caddy of the compose file, with its own Caddyfile, before two nodes."""
    port = find_free_port()
    settings = {
        "SITE": f"http://127.0.0.1:{port}",
        "NODES": " ".join(node.base_url.removeprefix("http://") for node in nodes),
        "HOME": str(tmp_path),
    }
    command = [find_tool("caddy"), "run", "--adapter", "caddyfile", "--config"]
    with ExitStack() as stack:
        log = stack.enter_context((tmp_path / "caddy.log").open("w"))
        process = subprocess.Popen(
            [*command, str(FOLDER / "Caddyfile")], env=os.environ | settings, stdout=log, stderr=log
        )
        stack.callback(process.wait, 30)
        stack.callback(process.terminate)
        client = stack.enter_context(httpx.Client(base_url=settings["SITE"], timeout=30))
        wait_until(lambda: answers(client), "the balancer answers")
        yield client


def test_no_call_is_lost_while_a_node_ends(
    balancer: httpx.Client, nodes: list[RunningKaiga]
) -> None:
    balancer.headers["Authorization"] = f"Bearer {nodes[0].key}"
    before = [balancer.get("/api/v1/models").status_code for _ in range(10)]

    nodes[0].stop()

    after = [balancer.get("/api/v1/models").status_code for _ in range(30)]
    assert before + after == [200] * 40


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").status_code == 200
    except httpx.ConnectError:
        return False


def find_free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]
