"""Result links that lead past Kaiga, to the object store."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from running import RunningKaiga
from s3_server import SECRET_KEY, S3Server

EDIT = "/services/aigc/image2image/image-synthesis"
ASYNC = {"X-DashScope-Async": "enable"}


@pytest.fixture(scope="module")
def running(
    s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningKaiga]:
    settings = {**s3_server.make_place(), "KAIGA_LINKS": "presigned"}
    started = RunningKaiga(tmp_path_factory.mktemp("presigned") / "data", settings).start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def client(running: RunningKaiga) -> Iterator[httpx.Client]:
    with running.client() as opened:
        yield opened


@pytest.fixture(scope="module")
def painted(running: RunningKaiga, client: httpx.Client) -> dict:
    return running.wait_for_end(client, running.submit(client))["output"]


def test_a_link_leads_to_the_store_which_sends_a_picture_whole_and_in_part(
    s3_server: S3Server, painted: dict
):
    url = painted["results"][0]["url"]

    assert url.startswith(f"{s3_server.endpoint}/")
    whole = httpx.get(url)
    part = httpx.get(url, headers={"Range": "bytes=100-199"})
    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/png")
    assert whole.content[:4] == b"\x89PNG"
    assert (part.status_code, part.content) == (206, whole.content[100:200])


def test_a_link_ends_when_one_through_kaiga_would(painted: dict):
    query = parse_qs(urlsplit(painted["results"][0]["url"]).query)

    signed_at = datetime.strptime(query["X-Amz-Date"][0] + "+0000", "%Y%m%dT%H%M%SZ%z")
    good_for = timedelta(seconds=int(query["X-Amz-Expires"][0]))
    ended_at = datetime.fromisoformat(f"{painted['end_time']}+08:00")
    assert abs(signed_at + good_for - ended_at - timedelta(hours=24)) < timedelta(seconds=3)


def test_polls_are_given_the_same_link_again(client: httpx.Client, painted: dict):
    again = client.get(f"/tasks/{painted['task_id']}").json()["output"]

    assert again["results"] == painted["results"]


def test_a_link_is_the_input_of_its_accounts_next_task_and_of_no_other(
    running: RunningKaiga, client: httpx.Client, painted: dict
):
    """The store is at a private address, which is not fetched from."""
    body = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "at night", "images": [painted["results"][0]["url"]]},
        "parameters": {"n": 1},
    }
    made = client.post(f"{running.base_url}/kaiga/v1/keys", json={"account": "other"}).json()

    def end_of(opened: httpx.Client) -> str:
        answer = opened.post(EDIT, json=body, headers=ASYNC)
        assert answer.status_code == 200, answer.text
        ended = running.wait_for_end(opened, answer.json()["output"]["task_id"])
        return ended["output"]["task_status"]

    assert end_of(client) == "SUCCEEDED"
    with running.client(made["key"]) as stranger:
        assert end_of(stranger) == "FAILED"


def test_the_console_and_openais_shape_show_what_lies_there(
    running: RunningKaiga, client: httpx.Client, s3_server: S3Server, painted: dict
):
    console = httpx.get(f"{running.base_url}/console")
    listed = client.get(f"{running.base_url}/kaiga/v1/results").json()["results"]
    order = {"model": "wan2.5-t2i-preview", "prompt": "a cat", "response_format": "url"}
    drawn = client.post(f"{running.base_url}/v1/images/generations", json=order).json()

    assert (
        f"img-src 'self' data: blob: {s3_server.endpoint};"
        in (console.headers["content-security-policy"])
    )
    [own] = [each for each in listed if each["task_id"] == painted["task_id"]]
    assert own["url"].startswith(f"{running.base_url}/1d/")
    assert httpx.get(own["url"]).content == httpx.get(painted["results"][0]["url"]).content
    assert httpx.get(drawn["data"][0]["url"]).content[:4] == b"\x89PNG"
    assert SECRET_KEY not in running.log()
