"""A whole Kaiga whose objects lie in a bucket, as its clients meet it."""

import io
import random
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from running import RunningKaiga, wait_until
from s3_server import ACCESS_KEY, SECRET_KEY, S3Server

EDIT = "/services/aigc/image2image/image-synthesis"
FILM = "/services/aigc/video-generation/video-synthesis"
ASYNC = {"X-DashScope-Async": "enable"}
PNG = b"\x89PNG"


def make_picture(side: int) -> bytes:
    """A picture of noise, which no format makes smaller."""
    noise = random.Random(side).randbytes(side * side * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (side, side), noise).save(file, "PNG", compress_level=0)
    return file.getvalue()


@pytest.fixture(scope="module")
def place(s3_server: S3Server) -> dict[str, str]:
    return s3_server.make_place()


@pytest.fixture(scope="module")
def running(
    place: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKaiga]:
    started = RunningKaiga(
        tmp_path_factory.mktemp("over-s3") / "data",
        {
            **place,
            "KAIGA_HOUSEKEEPING_SECONDS": "0.5",
            "KAIGA_LEASE_SECONDS": "0.5",
            "KAIGA_SWEEP_SECONDS": "0.5",
            "KAIGA_SWEEP_MARGIN_SECONDS": "1",
        },
    ).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def client(running: RunningKaiga) -> Iterator[httpx.Client]:
    with running.client() as opened:
        yield opened


def edit(running: RunningKaiga, client: httpx.Client, picture: str) -> dict[str, Any]:
    body = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "at night", "images": [picture]},
        "parameters": {"n": 1, "seed": 5},
    }
    answer = client.post(
        EDIT, json=body, headers={**ASYNC, "X-DashScope-OssResourceResolve": "enable"}
    )
    assert answer.status_code == 200, answer.text
    return running.wait_for_end(client, answer.json()["output"]["task_id"])["output"]


def upload(client: httpx.Client, content: bytes) -> str:
    policy = client.get(
        "/uploads", params={"action": "getPolicy", "model": "wan2.5-i2i-preview"}
    ).json()["data"]
    form = {
        "OSSAccessKeyId": policy["oss_access_key_id"],
        "Signature": policy["signature"],
        "policy": policy["policy"],
        "key": f"{policy['upload_dir']}/noise.png",
        "x-oss-object-acl": policy["x_oss_object_acl"],
        "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
        "success_action_status": "200",
    }
    sent = httpx.post(
        policy["upload_host"], data=form, files={"file": ("noise.png", content)}, timeout=60
    )
    assert sent.status_code == 200, sent.text
    return f"oss://{form['key']}"


def test_a_picture_is_read_at_its_link_whole_and_in_part(
    running: RunningKaiga, client: httpx.Client, place: dict[str, str], s3_server: S3Server
):
    task_id = running.submit(client)

    url = running.wait_for_end(client, task_id)["output"]["results"][0]["url"]

    assert url.startswith(f"{running.base_url}/1d/")
    whole = httpx.get(url)
    part = httpx.get(url, headers={"Range": "bytes=100-199"})
    assert (whole.status_code, whole.content[:4]) == (200, PNG)
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert any(f"/{task_id}/1/0" in key for key in s3_server.list_keys(place))
    assert not (running.data / "objects").exists()


def test_an_upload_in_several_parts_and_a_picture_in_the_request_are_inputs(
    running: RunningKaiga, client: httpx.Client
):
    large, small = make_picture(1500), make_picture(512)
    assert len(large) > 5 * 1024 * 1024

    uploaded = edit(running, client, upload(client, large))
    inline = edit(running, client, f"data:image/png;base64,{b64encode(small).decode()}")

    assert uploaded["task_status"] == inline["task_status"] == "SUCCEEDED"


def test_a_film_is_sent_piece_by_piece_and_its_objects_go_with_its_task(
    running: RunningKaiga, client: httpx.Client, place: dict[str, str], s3_server: S3Server
):
    body = {
        "model": "wan2.2-t2v-plus",
        "input": {"prompt": "a cat in the rain"},
        "parameters": {"size": "832*480", "duration": 5},
    }
    created = client.post(FILM, json=body, headers=ASYNC).json()["output"]["task_id"]
    output = running.wait_for_end(client, created)["output"]

    film = httpx.get(output["video_url"])
    end = httpx.get(output["video_url"], headers={"Range": "bytes=-1000"})
    assert film.headers["content-type"] == "video/mp4"
    assert int(film.headers["content-length"]) == len(film.content)
    assert end.content == film.content[-1000:]

    assert any(created in key for key in s3_server.list_keys(place))
    client.delete(f"{running.base_url}/v1/videos/{created}").raise_for_status()
    wait_until(
        lambda: not any(created in key for key in s3_server.list_keys(place)),
        "its objects are gone",
    )


@pytest.mark.usefixtures("running")
def test_what_no_row_names_is_swept(place: dict[str, str], s3_server: S3Server):
    orphan = "1000000000000001/019de821-7578-7000-8000-000000000001/1/0"
    s3_server.put(place, orphan, b"orphan")

    wait_until(lambda: orphan not in s3_server.list_keys(place), "the orphan is removed")


def test_the_system_names_the_store_and_nothing_shows_its_keys(
    running: RunningKaiga, client: httpx.Client, place: dict[str, str]
):
    system = client.get(f"{running.base_url}/kaiga/v1/system")
    doctor = client.get(f"{running.base_url}/kaiga/v1/doctor")

    disk = system.json()["disk"]
    assert (disk["objects"], disk["objects_bytes"]) == (place["KAIGA_OBJECTS"], None)
    [found] = [each for each in doctor.json()["findings"] if each["check"] == "Objects"]
    assert found["verdict"] == "OK"
    for text in (system.text, doctor.text, running.log()):
        assert SECRET_KEY not in text
        assert ACCESS_KEY not in text
