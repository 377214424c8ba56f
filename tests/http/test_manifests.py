"""What a task's results say of themselves, what made them, and making them again, over HTTP."""

import base64
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import c2pa
import httpx
import pytest
from PIL import Image

from kaiga import __version__
from provenance.certificates import issue
from provenance.reading import (
    AIGC,
    DESCRIPTION,
    SOURCE,
    TERMS,
    TOOL,
    read_clip_packet,
    read_packet,
    read_properties,
)
from running import RunningKaiga

EDIT = "/services/aigc/image2image/image-synthesis"
FILM = "/services/aigc/video-generation/video-synthesis"
ASYNC = {"X-DashScope-Async": "enable"}


def make_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (512, 512), "teal").save(file, "PNG")
    return file.getvalue()


def show_manifest(server: RunningKaiga, client: httpx.Client, task: str) -> dict[str, Any]:
    answer = client.get(f"{server.base_url}/kaiga/v1/tasks/{task}/manifest")
    assert answer.status_code == 200, answer.text
    return answer.json()


def rerun(server: RunningKaiga, client: httpx.Client, task: str, **wishes: Any) -> str:
    answer = client.post(f"{server.base_url}/kaiga/v1/tasks/{task}/rerun", json=wishes)
    assert answer.status_code == 200, answer.text
    server.wait_for_end(client, answer.json()["task_id"])
    return answer.json()["task_id"]


def order(server: RunningKaiga, client: httpx.Client, path: str, body: Any) -> dict[str, Any]:
    created = client.post(path, json=body, headers=ASYNC).json()["output"]["task_id"]
    return server.wait_for_end(client, created)


@pytest.fixture(scope="module")
def edited(server: RunningKaiga, painter: httpx.Client) -> dict[str, Any]:
    """A picture that was edited by a picture inside the request."""
    picture = f"data:image/png;base64,{base64.b64encode(make_picture()).decode()}"
    body = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "at night", "images": [picture]},
        "parameters": {"n": 1, "seed": 5},
    }
    return order(server, painter, EDIT, body)


def test_a_picture_says_that_rules_drew_it(painted: dict[str, Any]):
    content = httpx.get(painted["output"]["results"][0]["url"]).content

    said = read_properties(read_packet(content))
    assert said[SOURCE] == f"{TERMS}algorithmicMedia"
    assert said[TOOL] == f"Kaiga {__version__} (sketch)"
    assert "No AI model" in said[DESCRIPTION]
    assert AIGC not in said


def test_an_edited_picture_says_that_it_is_a_composite(edited: dict[str, Any]):
    content = httpx.get(edited["output"]["results"][0]["url"]).content

    assert read_properties(read_packet(content))[SOURCE] == f"{TERMS}composite"


def test_a_clip_says_that_rules_made_it(server: RunningKaiga, painter: httpx.Client):
    body = {
        "model": "wan2.2-t2v-plus",
        "input": {"prompt": "a cat"},
        "parameters": {"size": "832*480", "duration": 5},
    }
    answer = order(server, painter, FILM, body)

    content = httpx.get(answer["output"]["video_url"]).content
    assert read_properties(read_clip_packet(content))[SOURCE] == f"{TERMS}algorithmicMedia"


def test_a_manifest_tells_what_made_the_results(server: RunningKaiga, painter: httpx.Client):
    task = server.submit(painter, "a red kite", n=2, seed=41)
    answer = server.wait_for_end(painter, task)

    manifest = show_manifest(server, painter, task)

    assert manifest["engine"] == {"name": "sketch", "version": __version__, "revision": None}
    assert (manifest["prompt"], manifest["seed"]) == ("a red kite", 41)
    assert manifest["parameters"]["width"] == manifest["parameters"]["height"] == 768
    assert manifest["timings"]["attempt"] == 1
    assert {"generate", "store"} <= manifest["timings"]["phases_ms"].keys()
    assert [result["seed"] for result in manifest["results"]] == [41, 42]
    for result, shown in zip(manifest["results"], answer["output"]["results"], strict=True):
        content = httpx.get(shown["url"]).content
        assert result["sha256"] == hashlib.sha256(content).hexdigest()
        assert result["made_sha256"] != result["sha256"]


def test_a_manifest_tells_of_the_media_inside_the_request(
    server: RunningKaiga, painter: httpx.Client, edited: dict[str, Any]
):
    [given] = show_manifest(server, painter, edited["output"]["task_id"])["inputs"]

    assert given["sha256"] == hashlib.sha256(make_picture()).hexdigest()
    assert given["media_type"] == "image/png"


def test_the_same_order_again_makes_the_same_bytes_and_a_changed_one_others(
    server: RunningKaiga, painter: httpx.Client
):
    task = server.submit(painter, "a lighthouse")
    server.wait_for_end(painter, task)

    again = rerun(server, painter, task)
    changed = rerun(server, painter, task, changes={"prompt": "a whale", "n": 2})

    results, same, others = (
        show_manifest(server, painter, each)["results"] for each in (task, again, changed)
    )
    assert same == results
    assert len(others) == 2
    assert show_manifest(server, painter, changed)["prompt"] == "a whale"
    assert results[0]["made_sha256"] not in {each["made_sha256"] for each in others}


def test_a_task_that_waits_has_no_manifest_and_neither_has_none(
    idle_server: RunningKaiga, client: httpx.Client
):
    waiting = idle_server.submit(client)

    for task, status in ((waiting, 400), ("none", 404)):
        answer = client.get(f"{idle_server.base_url}/kaiga/v1/tasks/{task}/manifest")
        assert answer.status_code == status


def test_results_are_signed_with_the_certificate_and_unlabelled_where_that_is_off(
    tmp_path: Path, start_server: Callable[[Mapping[str, str]], RunningKaiga]
):
    issued = issue(tmp_path)
    server = start_server(
        {
            "KAIGA_C2PA_CERT": str(issued.chain_file),
            "KAIGA_C2PA_KEY": str(issued.key_file),
            "KAIGA_LABEL": "false",
        }
    )

    with server.client() as client:
        task = server.submit(client)
        [result] = server.wait_for_end(client, task)["output"]["results"]
        content = httpx.get(result["url"]).content
        again = rerun(server, client, task)
        manifests = [show_manifest(server, client, each) for each in (task, again)]

    settings = {"trust": {"trust_anchors": issued.root}, "verify": {"verify_trust": True}}
    with (
        c2pa.Context.from_dict(settings) as context,
        c2pa.Reader("image/png", io.BytesIO(content), context=context) as reader,
    ):
        assert reader.get_validation_state() == "Trusted"
        assert f"{TERMS}algorithmicMedia" in json.dumps(json.loads(reader.json()))
    assert read_packet(content) == b""
    made, remade = (each["results"][0] for each in manifests)
    assert made["made_sha256"] == remade["made_sha256"]
    assert made["sha256"] != remade["sha256"], "no signature comes out the same"
