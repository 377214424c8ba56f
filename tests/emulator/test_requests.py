"""What arrived is shown for assertions: whole, in order, and without anybody's key."""

import httpx
from controlling import Tester

from running import RunningKaiga


def test_a_call_is_shown_with_all_that_it_brought(tester: Tester):
    answer = tester.create("a red kite")

    [seen] = tester.requests()
    assert (seen["method"], seen["status"]) == ("POST", 200)
    assert seen["path"] == "/api/v1/services/aigc/text2image/image-synthesis"
    assert seen["headers"]["x-dashscope-async"] == "enable"
    assert seen["body"]["input"] == {"prompt": "a red kite"}
    assert seen["is_body_whole"] is True
    assert seen["request_id"] == answer.json()["request_id"]
    assert seen["fault"] is None


def test_calls_are_shown_in_their_order_with_their_queries(tester: Tester):
    tester.api.get("/tasks", params={"page_size": 3})
    tester.api.get("/tasks/any/")

    seen = tester.requests()
    assert [each["path"] for each in seen] == ["/api/v1/tasks", "/api/v1/tasks/any/"]
    assert seen[0]["query"] == "page_size=3"


def test_an_answer_is_shown_as_it_went_out_and_a_file_is_not(tester: Tester):
    answer = tester.create()
    link = tester.end()["results"][0]["url"]
    tester.api.get(link)

    seen = tester.requests()
    assert seen[0]["answer"] == answer.json()
    assert (seen[-1]["status"], seen[-1]["answer"]) == (200, None)


def test_an_answer_that_a_fault_spoiled_is_shown_spoiled(tester: Tester):
    tester.fault("malformed-json", on="create")
    answer = tester.create()

    assert tester.requests()[0]["answer"] == answer.text


def test_no_answer_shows_a_key(tester: Tester):
    tester.create(tester.key)
    made = tester.api.post("/tokens").json()["token"]

    shown = tester.ask("GET", "requests").text
    assert tester.key not in shown
    assert made not in shown


def test_a_key_is_shown_as_prefix_and_hash_alone(tester: Tester):
    tester.api.get("/tasks")

    answer = tester.ask("GET", "requests")
    assert tester.key not in answer.text
    account = tester.control("GET", "clock")["account"]
    shown = answer.json()["requests"][0]["headers"]["authorization"]
    assert shown == f"Bearer {tester.key[:7]}... (hash {account.removeprefix('emu-')})"


def test_a_key_that_a_client_shows_in_the_wrong_place_is_hidden_there_too(tester: Tester):
    tester.api.post(
        "/services/aigc/text2image/image-synthesis",
        params={"api_key": tester.key},
        headers={"X-Api-Key": tester.key},
        json={"api_key": tester.key},
    )

    assert tester.key not in tester.ask("GET", "requests").text
    [seen] = tester.requests()
    hidden = seen["headers"]["authorization"].removeprefix("Bearer ")
    assert seen["query"] == f"api_key={hidden}"
    assert seen["headers"]["x-api-key"] == hidden
    assert seen["body"] == {"api_key": hidden}


def test_the_fault_that_acted_is_named_and_a_dropped_call_has_no_status(tester: Tester):
    fault = tester.fault("dropped-before", on="list", times=1)
    try:
        tester.api.get("/tasks")
    except httpx.RemoteProtocolError:
        tester.api.get("/tasks")

    dropped, answered = tester.requests()
    assert dropped["fault"] == {"id": fault["id"], "kind": "dropped-before"}
    assert (dropped["status"], answered["status"]) == (None, 200)


def test_a_download_is_shown_to_whose_link_it_is(tester: Tester):
    link = tester.end()["results"][0]["url"]
    httpx.get(link)

    last = tester.requests()[-1]
    assert last["path"].startswith("/1d/")
    assert last["status"] == 200


def test_a_body_that_is_no_json_or_very_large_is_shown_as_text(tester: Tester):
    for content in ("{not json", "x" * 100_000):
        tester.api.post("/services/aigc/text2image/image-synthesis", content=content)

    short, long = tester.requests()
    assert (short["body"], short["is_body_whole"]) == ("{not json", True)
    assert (len(long["body"]), long["is_body_whole"]) == (16 * 1024, False)


def test_times_are_the_account_s_own(tester: Tester):
    now = tester.control("PATCH", "clock", json={"frozen": True, "advance_seconds": 86_400})["now"]
    tester.api.get("/tasks")

    assert tester.requests()[0]["arrived_at"] == now


def test_what_arrived_can_be_forgotten(tester: Tester):
    tester.api.get("/tasks")
    tester.control("DELETE", "requests")

    assert tester.requests() == []


def test_others_do_not_see_it_but_an_admin_sees_all(tester: Tester, emulator: RunningKaiga):
    tester.api.get(f"/tasks/of-{tester.key[-8:]}")
    with emulator.client("sk-invalid") as stranger:
        stranger.get(f"/tasks/by-nobody-{tester.key[-8:]}")

    with Tester(emulator) as other:
        assert other.requests() == []
        assert other.ask("GET", "requests?all=true").status_code == 403
    with Tester(emulator, emulator.key) as admin:
        paths = {
            each["path"]
            for each in admin.control("GET", "requests?all=true&limit=100000")["requests"]
        }
    assert f"/api/v1/tasks/of-{tester.key[-8:]}" in paths
    assert f"/api/v1/tasks/by-nobody-{tester.key[-8:]}" in paths


def test_the_latest_are_shown_where_fewer_are_wanted(tester: Tester):
    for number in range(5):
        tester.api.get(f"/tasks/{number}")

    latest = tester.control("GET", "requests", params={"limit": 2})["requests"]
    assert [each["path"][-1] for each in latest] == ["3", "4"]
