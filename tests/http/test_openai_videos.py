"""`/v1/videos` as its bytes are: jobs over the same tasks, for their own account alone."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from http_calls import make_key

from running import RunningKaiga, wait_until

VIDEOS = "/v1/videos"
CLIP = "wanx2.1-t2v-turbo"


@pytest.fixture(scope="module")
def idle(idle_server: RunningKaiga, client: httpx.Client) -> Iterator[httpx.Client]:
    """A client of the server on which nothing is ever made, with an account of its own."""
    key = make_key(client, idle_server, account="3000000000000001")["key"]
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=idle_server.base_url, headers=headers, timeout=30) as idle:
        yield idle


@pytest.fixture(scope="module")
def slow(module_server) -> Iterator[httpx.Client]:
    """A client of a server that takes its time, and that other names stand for models at."""
    server = module_server(
        {
            "KAIGA_SKETCH_SECONDS": "4",
            "KAIGA_OPENAI_MODELS": f"sora-2={CLIP}+wanx2.1-i2v-turbo",
        }
    )
    headers = {"Authorization": f"Bearer {server.key}"}
    with httpx.Client(base_url=server.base_url, headers=headers, timeout=30) as client:
        yield client


def order(client: httpx.Client, **members: object) -> dict[str, Any]:
    answer = client.post(VIDEOS, json={"model": CLIP, "prompt": "a fox", **members})
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal_of(response: httpx.Response) -> tuple[int, str | None, str | None]:
    error = response.json()["error"]
    return response.status_code, error["code"], error["param"]


def test_a_video_is_queued_under_the_id_of_its_task(idle: httpx.Client):
    answer = idle.post(
        VIDEOS, json={"model": CLIP, "prompt": "a fox", "seconds": "5", "size": "832x480"}
    )

    video = answer.json()
    assert answer.headers["x-kaiga-task-id"] == video["id"]
    assert video.pop("created_at") > 1_700_000_000
    assert video == {
        "id": video["id"],
        "object": "video",
        "status": "queued",
        "model": CLIP,
        "progress": 0,
        "prompt": "a fox",
        "seconds": "5",
        "size": "832x480",
        "completed_at": None,
        "expires_at": None,
        "error": None,
        "remixed_from_video_id": None,
    }
    task = idle.get(f"/api/v1/tasks/{video['id']}").json()
    assert task["output"]["task_status"] == "PENDING"


def test_a_video_may_be_ordered_by_a_form(idle: httpx.Client):
    form = {"model": CLIP, "prompt": "a fox", "seconds": "5", "width": "832", "height": "480"}

    video = idle.post(VIDEOS, files={name: (None, text) for name, text in form.items()}).json()

    assert (video["seconds"], video["size"]) == ("5", "832x480")


def test_what_the_input_decides_is_told_as_the_tier(idle: httpx.Client):
    reference = {"image_url": "https://pictures.example/a.png"}

    video = order(idle, model="wan2.6-i2v", input_reference=reference, size="1280x720")

    assert video["size"] == "720P"


def test_a_clip_ordered_in_the_other_way_is_a_video_too(idle: httpx.Client):
    body = {"model": CLIP, "input": {"prompt": "a hare"}, "parameters": {"size": "832*480"}}
    path = "/api/v1/services/aigc/video-generation/video-synthesis"
    answer = idle.post(path, json=body, headers={"X-DashScope-Async": "enable"})
    task_id = answer.json()["output"]["task_id"]

    assert idle.get(f"{VIDEOS}/{task_id}").json()["prompt"] == "a hare"


def test_a_picture_is_no_video(idle: httpx.Client):
    body = {"model": "wan2.5-t2i-preview", "input": {"prompt": "a hare"}}
    path = "/api/v1/services/aigc/text2image/image-synthesis"
    answer = idle.post(path, json=body, headers={"X-DashScope-Async": "enable"})
    task_id = answer.json()["output"]["task_id"]

    assert refusal_of(idle.get(f"{VIDEOS}/{task_id}")) == (404, "not_found", None)
    assert task_id not in {each["id"] for each in idle.get(VIDEOS).json()["data"]}


def test_videos_are_listed_page_by_page_in_either_order(idle_server, client):
    key = make_key(client, idle_server, account="3000000000000002")["key"]
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=idle_server.base_url, headers=headers) as own:
        ids = [order(own)["id"] for _ in range(3)]

        first = own.get(VIDEOS, params={"limit": 2}).json()
        rest = own.get(VIDEOS, params={"limit": 2, "after": first["last_id"]}).json()
        oldest = own.get(VIDEOS, params={"limit": 2, "order": "asc"}).json()
        after = own.get(VIDEOS, params={"order": "asc", "after": oldest["last_id"]}).json()

    assert [each["id"] for each in first["data"]] == ids[:0:-1]
    assert (first["object"], first["first_id"], first["has_more"]) == ("list", ids[2], True)
    assert [each["id"] for each in rest["data"]] == ids[:1]
    assert (rest["last_id"], rest["has_more"]) == (ids[0], False)
    assert [each["id"] for each in oldest["data"]] == ids[:2]
    assert oldest["has_more"]
    assert [each["id"] for each in after["data"]] == ids[2:]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"after": "x"}, "after"),
        ({"order": "up"}, "order"),
    ],
)
def test_a_list_that_cannot_be_is_refused(idle: httpx.Client, query: Any, parameter: str):
    assert refusal_of(idle.get(VIDEOS, params=query)) == (400, "invalid_value", parameter)


@pytest.mark.parametrize("path", ["", "/content"])
def test_another_accounts_video_is_not_there(idle: httpx.Client, stranger, path: str):
    video = order(idle)
    url = f"{idle.base_url!s}{VIDEOS}/{video['id']}{path}"

    assert refusal_of(stranger.get(url)) == (404, "not_found", None)


def test_another_accounts_video_is_not_deleted(idle: httpx.Client, stranger):
    video = order(idle)

    answer = stranger.delete(f"{idle.base_url!s}{VIDEOS}/{video['id']}")

    assert refusal_of(answer) == (404, "not_found", None)
    assert idle.get(f"{VIDEOS}/{video['id']}").json()["status"] == "queued"


def test_a_deleted_video_is_nowhere_any_more(idle: httpx.Client):
    video = order(idle)

    told = idle.delete(f"{VIDEOS}/{video['id']}").json()

    assert told == {"id": video["id"], "object": "video.deleted", "deleted": True}
    assert refusal_of(idle.get(f"{VIDEOS}/{video['id']}")) == (404, "not_found", None)
    assert refusal_of(idle.delete(f"{VIDEOS}/{video['id']}")) == (404, "not_found", None)
    task = idle.get(f"/api/v1/tasks/{video['id']}").json()
    assert task["output"]["task_status"] == "UNKNOWN"
    listed = idle.get("/kaiga/v1/tasks", params={"id": video["id"]}).json()
    assert listed["tasks"] == []


def test_a_canceled_video_has_failed_and_says_why(idle: httpx.Client):
    video = order(idle)
    idle.post(f"/api/v1/tasks/{video['id']}/cancel")

    shown = idle.get(f"{VIDEOS}/{video['id']}").json()

    assert shown["status"] == "failed"
    assert shown["error"] == {"code": "canceled", "message": "The video was canceled."}
    answer = idle.get(f"{VIDEOS}/{video['id']}/content")
    assert refusal_of(answer)[0] == 400
    assert "its status is failed" in answer.text


def test_too_many_orders_are_told_when_to_come_again(idle_server, client):
    account = "3000000000000003"
    key = make_key(client, idle_server, account=account)["key"]
    limit = {"account": account, "submissions_per_minute": 1}
    client.patch(f"{idle_server.base_url}/kaiga/v1/limits", json=limit).raise_for_status()
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=idle_server.base_url, headers=headers) as own:
        order(own)
        answer = own.post(VIDEOS, json={"model": CLIP, "prompt": "a fox"})

    assert refusal_of(answer) == (429, "rate_limit_exceeded", None)
    assert answer.json()["error"]["type"] == "rate_limit_error"
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("changes", "parameter", "told"),
    [
        ({"seconds": "90"}, "seconds", "seconds must be 5"),
        ({"size": "7x9"}, "size", "size must be auto, or one of"),
        ({"width": 640}, "size", "needed together"),
        ({"input_reference": {"file_id": "file-1"}}, "input_reference", "Give image_url"),
        ({"input_reference": "https://a.example/b.png"}, "input_reference", "it takes none"),
        ({"model": "wan2.6-i2v"}, "input_reference", "needs a picture"),
        ({"prompt": ""}, "prompt", "prompt must be given"),
        ({"fps": 16}, "fps", "Unknown parameter"),
    ],
)
def test_what_is_not_taken_is_named_with_what_is(
    idle: httpx.Client, changes: dict[str, object], parameter: str, told: str
):
    answer = idle.post(VIDEOS, json={"model": CLIP, "prompt": "a fox", **changes})

    assert refusal_of(answer)[::2] == (400, parameter)
    assert told in answer.json()["error"]["message"]


class TestOnTheWay:
    def test_a_video_that_is_being_made_tells_how_far_it_is_and_can_be_deleted(self, slow):
        video = order(slow, model="sora-2", size="832x480")
        url = f"{VIDEOS}/{video['id']}"
        wait_until(lambda: slow.get(url).json()["progress"] > 0, "the clip comes on")

        answer = slow.get(url)
        content = slow.get(f"{url}/content")

        assert answer.json()["status"] == "in_progress"
        assert 0 < answer.json()["progress"] < 100
        assert answer.headers["x-kaiga-progress"].startswith("generate")
        assert refusal_of(content)[0] == 400
        assert "its status is in_progress" in content.json()["error"]["message"]
        assert slow.delete(url).json()["deleted"] is True
        assert slow.get(url).status_code == 404

    def test_names_that_stand_for_models_are_listed_first(self, slow):
        first = slow.get("/v1/models").json()["data"][0]

        assert first == {
            "id": "sora-2",
            "object": "model",
            "created": 0,
            "owned_by": "wan",
            "stands_for": CLIP,
            "product": "video",
        }
        assert slow.get("/v1/models/sora-2").json() == first
        assert refusal_of(slow.get("/v1/models/sora-9")) == (404, "model_not_found", "model")
