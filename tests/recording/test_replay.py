"""What a replay answers from recordings, and what it says where it has none."""

from pathlib import Path
from typing import Any

import pytest

from kaiga.recording.exchanges import Exchange, JsonBody, NoBody, Question, RecordedAnswer
from kaiga.recording.folder import Recordings
from kaiga.recording.questions import name_refused_key
from kaiga.recording.replay import Replay
from recording.asking import ORDER, TASK, ask

CONTROL = "/kaiga/v1/emulator"
WRONG_KEY = "sk-wrong-0123456789abcdef"
REFUSED = name_refused_key(WRONG_KEY)


def poll(status: str) -> Exchange:
    return make_exchange("GET", TASK, {"output": {"task_status": status}})


def order(seed: int, told: object, **changed: Any) -> Exchange:
    body = {"model": "m", "input": {"prompt": "a cat"}, "parameters": {"seed": seed, "n": 1}}
    return make_exchange("POST", ORDER, told, body, **changed)


def make_exchange(
    method: str,
    path: str,
    told: object,
    body: object = None,
    *,
    key: str = "taken",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Exchange:
    return Exchange(
        name=f"{method}-{path.rpartition('/')[2]}-{told}",
        recorded_at="2026-11-27T21:00:00+00:00",
        seconds=0.1,
        upstream="dashscope.aliyuncs.com",
        request=Question(
            method=method,
            path=path,
            query=[],
            headers=headers or {},
            key=key,
            body=NoBody() if body is None else JsonBody(body),
        ),
        answer=RecordedAnswer(
            status=status, headers=[("content-type", "application/json")], body=JsonBody(told)
        ),
    )


def replay(*exchanges: Exchange) -> Replay:
    return Replay(Recordings(folder=Path(), exchanges=exchanges))


async def test_polls_of_a_task_are_answered_in_turn_and_the_last_one_for_ever():
    application = replay(poll("PENDING"), poll("RUNNING"), poll("SUCCEEDED"))

    seen = [
        (await ask(application, "GET", TASK)).members["output"]["task_status"] for _ in range(5)
    ]

    assert seen == ["PENDING", "RUNNING", "SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]


async def test_a_slash_at_the_end_is_the_same_question():
    told = await ask(replay(poll("RUNNING")), "GET", f"{TASK}/")

    assert told.status == 200


async def test_the_order_of_members_does_not_count():
    body = {"parameters": {"n": 1, "seed": 7}, "input": {"prompt": "a cat"}, "model": "m"}

    told = await ask(replay(order(7, 1), order(8, 2)), "POST", ORDER, body)

    assert told.body == b"1"


async def test_another_seed_is_another_question_and_the_error_says_so():
    body = {"model": "m", "input": {"prompt": "a cat"}, "parameters": {"seed": 9, "n": 1}}

    told = await ask(replay(poll("RUNNING"), order(7, 1)), "POST", ORDER, body)

    assert told.status == 404
    assert set(told.members) == {"code", "message", "request_id"}
    assert told.members["code"] == "RecordingMissing"
    assert told.members["message"] == (
        f"No recording answers POST {ORDER}. The nearest is POST-image-synthesis-1, "
        "which differs in body.parameters.seed (asked 9, recorded 7)."
    )


async def test_a_call_that_is_to_be_a_task_is_not_answered_by_one_that_was_none():
    body = {"model": "m", "input": {"prompt": "a cat"}, "parameters": {"seed": 7, "n": 1}}

    told = await ask(
        replay(order(7, 1)), "POST", ORDER, body, headers={"x-dashscope-async": "enable"}
    )

    assert "headers.x-dashscope-async" in told.members["message"]


async def test_another_task_is_told_by_its_path_and_another_route_is_like_nothing():
    application = replay(poll("RUNNING"))

    task = await ask(application, "GET", TASK.replace("0198f0a0", "0198ffff"))
    route = await ask(application, "GET", "/api/v1/models")

    assert "which differs in path" in task.members["message"]
    assert "Nothing like it was recorded." in route.members["message"]


async def test_a_key_that_was_refused_is_refused_again_and_any_other_is_taken():
    application = replay(
        order(7, "taken"),
        order(7, "refused", key=REFUSED, status=401),
        order(7, "no key", key="none", status=401),
    )
    body = {"model": "m", "input": {"prompt": "a cat"}, "parameters": {"seed": 7, "n": 1}}

    keys = [WRONG_KEY, "any", None]
    told = [(await ask(application, "POST", ORDER, body, key=key)).status for key in keys]

    assert told == [401, 200, 401]


async def test_what_was_missing_is_listed_with_how_often_and_what_is_nearest():
    application = replay(poll("RUNNING"))
    asked = TASK.replace("0198f0a0", "0198ffff")
    for _ in range(2):
        await ask(application, "GET", asked)

    told = (await ask(application, "GET", f"{CONTROL}/missing")).members

    (missing,) = told["missing"]
    assert missing["request"]["path"] == asked
    assert missing["count"] == 2
    assert missing["nearest"]["name"].startswith("GET-")
    assert [each["member"] for each in missing["nearest"]["differences"]] == ["path"]


async def test_a_reset_begins_anew():
    application = replay(poll("PENDING"), poll("SUCCEEDED"))
    for path in (TASK, TASK, "/api/v1/models"):
        await ask(application, "GET", path)

    await ask(application, "POST", f"{CONTROL}/reset")

    first = (await ask(application, "GET", TASK)).members["output"]["task_status"]
    missing = (await ask(application, "GET", f"{CONTROL}/missing")).members["missing"]
    assert (first, missing) == ("PENDING", [])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"host": "evil.example:8601"}, 403),
        ({"origin": "http://localhost:3000"}, 200),
    ],
)
async def test_a_page_of_another_origin_sees_nothing(headers: dict[str, str], status: int):
    told = await ask(replay(), "GET", f"{CONTROL}/missing", headers=headers)

    assert told.status == status


async def test_controls_need_a_key():
    told = await ask(replay(), "GET", f"{CONTROL}/missing", key=None)

    assert (told.status, told.members["code"]) == (401, "InvalidApiKey")
