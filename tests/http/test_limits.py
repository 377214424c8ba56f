"""Limits on a running server: what is turned away, what waits, and who may say so."""

import json
from collections.abc import Iterator
from itertools import count, pairwise
from typing import Any

import httpx
import pytest
from http_calls import create, error_of, make_key, make_order

from running import MODEL, RunningKaiga, wait_until

MULTIMODAL = "/services/aigc/multimodal-generation/generation"
NOWHERE = "00000000-0000-4000-8000-000000000000"
TOO_FAST = (
    429,
    "Throttling.RateQuota",
    "Requests rate limit exceeded, please try again later.",
)
QUEUE_FULL = (
    429,
    "Throttling.AllocationQuota",
    "Allocated quota exceeded, please increase your quota limit.",
)
SYNCHRONOUS = {
    "model": "z-image-turbo",
    "input": {"messages": [{"role": "user", "content": [{"text": "a cat"}]}]},
}


class Account:
    """An account of a test's own, and what the operator says about it."""

    def __init__(self, server: RunningKaiga, admin: httpx.Client, name: str) -> None:
        self.server = server
        self.admin = admin
        self.name = name
        self.key_id, self.client = self.open_key()

    def open_key(self) -> tuple[str, httpx.Client]:
        made = make_key(self.admin, self.server, account=self.name)
        return made["id"], self.server.client(made["key"])

    def limit(self, **said: Any) -> None:
        set_rule(self.admin, self.server, account=self.name, **said)


def set_rule(admin: httpx.Client, server: RunningKaiga, **said: Any) -> dict[str, Any]:
    answer = admin.patch(f"{server.base_url}/kaiga/v1/limits", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()["rule"]


@pytest.fixture(scope="module")
def limited_server(module_server) -> RunningKaiga:
    """A server with room for two tasks at once, each of which takes a moment."""
    return module_server({"KAIGA_WORKERS": "2", "KAIGA_SKETCH_SECONDS": "0.3"})


@pytest.fixture(scope="module")
def admin(limited_server: RunningKaiga) -> Iterator[httpx.Client]:
    with limited_server.client() as client:
        yield client
    assert "Traceback" not in limited_server.log()


@pytest.fixture(scope="module")
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def account(limited_server, admin, numbers) -> Iterator[Account]:
    made = Account(limited_server, admin, f"account-{next(numbers)}")
    with made.client:
        yield made


def submit(account: Account, **headers: str) -> str:
    answer = create(account.client, make_order(), **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def status_of(account: Account, task_id: str) -> str:
    return account.client.get(f"/tasks/{task_id}").json()["output"]["task_status"]


def count_tasks(account: Account) -> int:
    return account.client.get("/tasks").json()["total"]


class TestSubmissions:
    def test_too_fast_a_call_makes_no_task_and_is_told_when_to_come_again(self, account):
        account.limit(running_tasks=0, submissions_per_minute=2)
        submit(account)
        submit(account)

        refused = create(account.client, make_order())

        assert error_of(refused) == TOO_FAST
        assert 1 <= int(refused.headers["retry-after"]) <= 30
        assert refused.headers["x-should-retry"] == "true"
        assert count_tasks(account) == 2

    def test_a_limit_that_is_raised_holds_from_the_next_call_on(self, account):
        account.limit(running_tasks=0, submissions_per_minute=1)
        submit(account)
        assert create(account.client, make_order()).status_code == 429

        account.limit(submissions_per_minute=None)

        submit(account)

    def test_other_models_are_counted_apart(self, account):
        account.limit(running_tasks=0, model=MODEL, submissions_per_minute=1)
        account.limit(running_tasks=0)
        submit(account)
        other = {**make_order(), "model": "wan2.2-t2i-flash"}

        assert create(account.client, make_order()).status_code == 429
        assert create(account.client, other).status_code == 200

    def test_a_synchronous_call_counts_and_is_turned_away_as_a_stream_is(self, account):
        account.limit(submissions_per_minute=1)
        assert account.client.post(MULTIMODAL, json=SYNCHRONOUS).status_code == 200

        refused = account.client.post(MULTIMODAL, json=SYNCHRONOUS)
        stream = account.client.post(
            MULTIMODAL, json=SYNCHRONOUS, headers={"X-DashScope-SSE": "enable"}
        )

        assert error_of(refused) == TOO_FAST
        assert ":HTTP_STATUS/429" in stream.text
        assert "Throttling.RateQuota" in stream.text

    def test_a_repeat_counts_once(self, account):
        account.limit(running_tasks=0, submissions_per_minute=1)
        mark = {"Idempotency-Key": "once"}

        assert submit(account, **mark) == submit(account, **mark)
        assert error_of(create(account.client, make_order())) == TOO_FAST

    def test_a_key_has_a_limit_of_its_own(self, account):
        account.limit(running_tasks=0)
        _, other = account.open_key()
        set_rule(account.admin, account.server, key_id=account.key_id, submissions_per_minute=1)
        submit(account)

        assert error_of(create(account.client, make_order())) == TOO_FAST
        with other:
            assert create(other, make_order()).status_code == 200


class TestTasks:
    def test_what_may_not_run_waits_and_runs_once_it_may(self, account, admin):
        account.limit(running_tasks=0)
        held = submit(account)
        free = account.server.submit(admin)
        assert account.server.wait_for_end(admin, free)["output"]["task_status"] == "SUCCEEDED"
        assert status_of(account, held) == "PENDING"

        account.limit(running_tasks=None)

        ended = account.server.wait_for_end(account.client, held)
        assert ended["output"]["task_status"] == "SUCCEEDED"

    def test_of_a_model_that_may_run_once_the_next_begins_when_one_ends(self, account):
        account.limit(running_tasks=1)
        tasks = [submit(account) for _ in range(3)]

        ended = [account.server.wait_for_end(account.client, task)["output"] for task in tasks]

        times = sorted((each["scheduled_time"], each["end_time"]) for each in ended)
        assert all(before[1] <= after[0] for before, after in pairwise(times)), times

    def test_a_full_queue_takes_no_more_and_still_knows_whom_it_has(self, account):
        account.limit(running_tasks=0, queued_tasks=1)
        mark = {"Idempotency-Key": "once"}
        waiting = submit(account, **mark)

        refused = create(account.client, make_order())

        assert error_of(refused) == QUEUE_FULL
        assert refused.headers["x-should-retry"] == "true"
        assert int(refused.headers["retry-after"]) >= 1
        assert submit(account, **mark) == waiting
        assert count_tasks(account) == 1

    def test_a_place_in_a_full_queue_is_free_once_a_task_is_canceled(self, account):
        account.limit(running_tasks=0, queued_tasks=1)
        waiting = submit(account)

        assert account.client.post(f"/tasks/{waiting}/cancel").status_code == 200

        submit(account)


class TestQueries:
    @pytest.mark.parametrize("is_known", [True, False], ids=["from memory", "from the store"])
    def test_too_fast_a_query_is_turned_away_and_lists_and_cancels_are_not(
        self, account, is_known: bool
    ):
        account.limit(running_tasks=0, queries_per_second=1)
        task_id = submit(account)
        asked = f"/tasks/{task_id if is_known else NOWHERE}"
        answers: list[httpx.Response] = []

        def is_refused() -> bool:
            answers.append(account.client.get(asked))
            return answers[-1].status_code == 429

        wait_until(is_refused, "a query is turned away", patience_seconds=10)

        assert answers[0].status_code == 200
        assert error_of(answers[-1]) == TOO_FAST
        assert answers[-1].headers["retry-after"] == "1"
        assert all(account.client.get("/tasks").status_code == 200 for _ in range(5))
        assert account.client.post(f"/tasks/{task_id}/cancel").status_code == 200

    def test_a_query_counts_once_on_either_way(self, account):
        """Three may come at once, and three do: of each way two, were they counted twice."""
        account.limit(running_tasks=0, queries_per_second=3)
        task_id = submit(account)

        asked = [task_id, NOWHERE, task_id]

        assert [account.client.get(f"/tasks/{each}").status_code for each in asked] == [200] * 3


class TestAnswers:
    def ask(self, account: Account, path: str) -> dict[str, Any]:
        rows = account.client.get(path, params={"model": MODEL}).json()["output"]["quotas"]
        assert [row["model"] for row in rows] == [MODEL]
        return rows[0]["model_limit"]

    @pytest.mark.parametrize("path", ["/models/limits", "/quotas"])
    def test_what_holds_for_the_caller_is_told(self, account, path: str):
        documented = self.ask(account, path)

        account.limit(submissions_per_minute=30, running_tasks=2, queued_tasks=100)

        assert self.ask(account, path) == {
            "request_limit": 30,
            "request_limit_period": 60,
            "usage_limit": None,
            "usage_limit_field": None,
            "usage_limit_period": None,
            "async_user_queue_limit": 100,
            "async_user_concurrency_limit": 2,
        }
        assert self.ask(account, path) != documented

    @pytest.mark.parametrize(("per_minute", "told"), [(30, (30, 60)), (600, (2, 1))])
    def test_of_two_rates_the_one_that_allows_less_is_told(self, account, per_minute, told):
        account.limit(submissions_per_second=2, submissions_per_minute=per_minute)

        shown = self.ask(account, "/models/limits")

        assert (shown["request_limit"], shown["request_limit_period"]) == told

    def test_a_model_asked_for_by_another_name_has_its_own_limits(self, account):
        account.limit(model=MODEL, running_tasks=2)
        named = f"{MODEL}-2026-01-01"

        output = account.client.get("/models/limits", params={"model": named}).json()["output"]

        [row] = output["quotas"]
        assert row["model"] == named
        assert row["model_limit"]["async_user_concurrency_limit"] == 2


class TestAdministration:
    def test_rules_are_set_shown_and_removed(self, account, admin):
        url = f"{account.server.base_url}/kaiga/v1/limits"
        account.limit(running_tasks=2)
        account.limit(queued_tasks=None, weight=3)
        expected = {
            "account": account.name,
            "running_tasks": 2,
            "queued_tasks": None,
            "weight": 3.0,
        }

        shown = admin.get(url).json()
        removed = admin.delete(url, params={"account": account.name})

        assert expected in shown["rules"]
        assert set(shown["defaults"].values()) == {None}
        assert removed.status_code == 200
        assert expected not in admin.get(url).json()["rules"]
        assert error_of(admin.delete(url, params={"account": account.name})) == (
            404,
            "NotFound",
            "Nothing is set for that account, model or key.",
        )

    @pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
    def test_only_an_admin_may(self, account, method: str):
        answer = account.client.request(method, f"{account.server.base_url}/kaiga/v1/limits")

        assert answer.status_code == 403

    @pytest.mark.parametrize(
        ("body", "named"),
        [
            ({"running_tasks": "2"}, "running_tasks"),
            ({"running_tasks": 1.5}, "running_tasks"),
            ({"queued_tasks": 0}, "queued_tasks must be a whole number from 1"),
            ({"tasks": 2}, "tasks"),
            ({}, "A rule must set one of"),
            ({"model": "wan0.0-none", "running_tasks": 1}, "wan0.0-none"),
            ({"weight": 2}, "weight is an account's"),
            ([], "object"),
        ],
    )
    def test_what_can_not_be_is_refused_by_name(self, account, admin, body: Any, named: str):
        answer = admin.patch(f"{account.server.base_url}/kaiga/v1/limits", json=body)

        status, code, message = error_of(answer)
        assert (status, code) == (400, "InvalidParameter")
        assert named in message

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff"])
    def test_what_is_no_object_is_refused(self, account, admin, body: bytes):
        answer = admin.patch(f"{account.server.base_url}/kaiga/v1/limits", content=body)

        assert answer.status_code == 400

    def test_a_key_that_is_not_there_can_not_be_limited(self, account, admin):
        rule = {"key_id": "1", "queries_per_second": 1}

        answer = admin.patch(f"{account.server.base_url}/kaiga/v1/limits", json=rule)

        assert error_of(answer)[0] == 404

    def test_a_scope_that_is_not_known_removes_nothing(self, account, admin):
        answer = admin.delete(
            f"{account.server.base_url}/kaiga/v1/limits", params={"acount": account.name}
        )

        assert answer.status_code == 400
        assert "acount" in json.loads(answer.content)["message"]
