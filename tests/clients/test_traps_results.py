"""What breaks clients when they read results (contract/clients.md, 1: traps 15 to 19)."""

import asyncio
import ipaddress
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from clients.opening import fetch, open_film, size_of_png
from clients.programs import run_program
from clients.wire import (
    IMAGE_GENERATION,
    TEXT2IMAGE,
    VIDEO,
    create_task,
    order_picture,
    say,
)
from domain.samples import MODERATED, RETENTION, always, make_lease, make_result
from kaiga.compose.stores import open_stores
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import make_outcome
from kaiga.settings import read_settings
from running import MODEL, RunningKaiga

StartServer = Callable[[Mapping[str, str]], RunningKaiga]


async def fail_in_part(server: RunningKaiga, task_id: str) -> None:
    """End a task of two pictures with one that was made and one that was refused."""
    async with open_stores(read_settings(server.stores)) as stores:
        task = await stores.tasks.find(TaskId(task_id))
        assert task is not None
        now = task.submitted_at
        [claim] = await stores.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "sketch", always(now)
        )
        results = (make_result(claim.task), MODERATED)
        outcome = make_outcome(results, {"image_count": 1}, None)
        await stores.tasks.finish(claim, outcome, now, now + RETENTION)


class TestLists:
    def test_a_picture_that_failed_stands_among_the_results(self, start_server: StartServer):
        """Trap 15: SUCCEEDED, with code and message in place of the address."""
        server = start_server({"KAIGA_WORKERS": "0"})
        with server.client() as client:
            task_id = create_task(client, TEXT2IMAGE, order_picture(n=2))
        server.stop()
        asyncio.run(fail_in_part(server, task_id))
        server.start()

        told = run_program("fetching", server, task_id)

        made, failed = told["classic"]
        assert made["url"].startswith(server.base_url)
        assert failed == {"code": MODERATED.code, "message": MODERATED.message, "url": ""}
        assert told["metrics"] == {"TOTAL": 2, "SUCCEEDED": 1, "FAILED": 1}
        assert told["new"]["status"] == "SUCCEEDED"
        assert told["new"]["usage"]["image_count"] == 1

    def test_each_result_is_an_object_of_texts(self, server: RunningKaiga, api: httpx.Client):
        """Trap 15: the Rust client needs both prompts, and Java takes texts alone."""
        order = order_picture("a lighthouse", n=2, prompt_extend=True)

        output = server.wait_for_end(api, create_task(api, TEXT2IMAGE, order))["output"]

        assert len(output["results"]) == 2
        for result in output["results"]:
            assert result.keys() >= {"orig_prompt", "actual_prompt", "url"}
            assert all(isinstance(value, str) and value for value in result.values())
        assert output["task_metrics"] == {"TOTAL": 2, "SUCCEEDED": 2, "FAILED": 0}


def test_a_task_that_failed_is_told_with_200_and_within_the_output(
    server: RunningKaiga, api: httpx.Client
):
    """Trap 16: at the top, `message` would please one client and `code` break another."""
    task_id = create_task(api, TEXT2IMAGE, order_picture(size="1*1"))
    server.wait_for_end(api, task_id)

    answer = api.get(f"/tasks/{task_id}")

    assert answer.status_code == 200
    assert answer.json().keys() == {"request_id", "output"}
    assert answer.json()["output"]["task_status"] == "FAILED"
    assert answer.json()["output"]["code"] == "InvalidParameter"
    assert "589824" in answer.json()["output"]["message"]


class TestChoices:
    def test_newer_pictures_are_told_as_choices(self, server: RunningKaiga, api: httpx.Client):
        """Trap 17: `choices` and `finished`, and no `results`."""
        order = {
            "model": "wan2.6-t2i",
            "input": say({"text": "a cat"}),
            "parameters": {"n": 2, "size": "1280*1280"},
        }

        output = server.wait_for_end(api, create_task(api, IMAGE_GENERATION, order))["output"]

        content = [item for choice in output["choices"] for item in choice["message"]["content"]]
        assert [item["type"] for item in content] == ["image"] * 2
        assert [size_of_png(item["image"]) for item in content] == [(1280, 1280)] * 2
        assert output["finished"] is True
        assert "results" not in output

    @pytest.mark.parametrize("size", ["1280*1280", "1*1"])
    def test_there_is_an_output_in_every_state(self, idle: httpx.Client, size: str):
        """Trap 17: `ImageGeneration` crashes where it is null."""
        order = {
            "model": "wan2.6-t2i",
            "input": say({"text": "a cat"}),
            "parameters": {"size": size},
        }

        task_id = create_task(idle, IMAGE_GENERATION, order)

        assert idle.get(f"/tasks/{task_id}").json()["output"]["task_id"] == task_id


@pytest.fixture(scope="module")
def links(server: RunningKaiga, api: httpx.Client) -> dict[str, str]:
    """A link to a picture and one to a clip."""
    clip = {
        "model": "wan2.2-t2v-plus",
        "input": {"prompt": "a kite"},
        "parameters": {"size": "480*832"},
    }
    picture_id = create_task(api, TEXT2IMAGE, order_picture())
    clip_id = create_task(api, VIDEO, clip)
    return {
        "image/png": server.wait_for_end(api, picture_id)["output"]["results"][0]["url"],
        "video/mp4": server.wait_for_end(api, clip_id)["output"]["video_url"],
    }


class TestLinks:
    @pytest.mark.parametrize("media_type", ["image/png", "video/mp4"])
    def test_a_link_opens_without_a_key_and_tells_its_type(
        self, links: dict[str, str], media_type: str
    ):
        """Trap 18: every client opens it so, and two go by the type."""
        answer = fetch(links[media_type])

        assert "authorization" not in answer.request.headers
        assert answer.headers["content-type"] == media_type
        assert urlsplit(links[media_type]).path.endswith(media_type.replace("/", ".")[-4:])

    def test_what_the_links_open_is_what_was_ordered(self, links: dict[str, str]):
        """Trap 18."""
        film = open_film(links["video/mp4"])

        assert size_of_png(links["image/png"]) == (768, 768)
        assert (film.width, film.height) == (480, 832)

    def test_a_link_that_was_guessed_does_not_open(self, links: dict[str, str]):
        """Trap 18: the key's place is taken by a signature."""
        unsigned = urlsplit(links["image/png"])._replace(query="").geturl()

        assert httpx.get(unsigned).status_code == 403
        assert httpx.get(links["image/png"].replace("-1.png", "-2.png")).status_code == 403

    def test_links_begin_with_the_public_address_where_one_is_set(self, start_server: Any):
        """Trap 19: the AI SDK opens no address of this machine or of a private network."""
        server = start_server({"KAIGA_PUBLIC_URL": "https://pictures.example.com/kaiga"})
        with server.client() as client:
            ended = server.wait_for_end(client, create_task(client, TEXT2IMAGE, order_picture()))
            host = client.get("/uploads?action=getPolicy&model=x").json()["data"]["upload_host"]
        url = ended["output"]["results"][0]["url"]
        here = url.replace("https://pictures.example.com/kaiga", server.base_url)

        assert url.startswith("https://pictures.example.com/kaiga/1d/")
        assert is_opened_by_the_ai_sdk(url)
        assert not is_opened_by_the_ai_sdk(here)
        assert host.startswith("https://pictures.example.com/kaiga/")
        assert size_of_png(here) == (768, 768)


def is_opened_by_the_ai_sdk(url: str) -> bool:
    """Tell whether that client would fetch a result (its rule, by the names it refuses)."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith((".local", ".localhost")):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True
