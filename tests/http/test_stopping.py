"""Kaiga's own routes of tasks: one shown, one stopped, many canceled."""

import httpx
import pytest
from http_calls import error_of, make_key

from running import RunningKaiga

NOT_THERE = (404, "NotFound", "No task has that id.")


def own_url(server: RunningKaiga, task_id: str = "cancel") -> str:
    return f"{server.base_url}/kaiga/v1/tasks/{task_id}"


def status_of(client: httpx.Client, task_id: str) -> str:
    return client.get(f"/tasks/{task_id}").json()["output"]["task_status"]


class TestShow:
    def test_a_waiting_task_is_shown_with_what_is_known(self, idle_server, client):
        task_id = idle_server.submit(client)

        shown = client.get(own_url(idle_server, task_id)).json()

        assert shown["task_id"] == task_id
        assert (shown["status"], shown["phase"]) == ("PENDING", "queue")
        assert shown["submitted_at"].endswith("Z")
        assert (shown["scheduled_at"], shown["ended_at"], shown["progress"]) == (None,) * 3
        assert shown["attempts"] == []

    def test_an_ended_task_is_shown_with_its_attempts(self, server, painter, painted):
        shown = painter.get(own_url(server, painted["output"]["task_id"])).json()

        assert (shown["status"], shown["phase"]) == ("SUCCEEDED", None)
        [attempt] = shown["attempts"]
        assert (attempt["number"], attempt["engine"], attempt["cause"]) == (1, "sketch", None)
        assert shown["scheduled_at"] == attempt["claimed_at"] <= attempt["ended_at"]

    @pytest.mark.parametrize("task_id", ["no-such-task", "%F0%9F%98%80", "cancel"])
    def test_a_task_that_is_not_there_is_not_shown(self, idle_server, client, task_id):
        assert error_of(client.get(own_url(idle_server, task_id))) == NOT_THERE

    def test_another_account_s_task_is_not_shown(self, idle_server, client, stranger):
        task_id = idle_server.submit(client)

        assert error_of(stranger.get(own_url(idle_server, task_id))) == NOT_THERE

    def test_nobody_without_a_key_is_shown_anything(self, idle_server):
        answer = httpx.get(own_url(idle_server, "x"))

        assert answer.status_code == 401


class TestStop:
    def test_a_waiting_task_is_canceled_at_once(self, idle_server, client):
        task_id = idle_server.submit(client)

        answer = client.post(own_url(idle_server, f"{task_id}/cancel")).json()

        assert (answer["status"], answer["phase"]) == ("CANCELED", None)
        assert status_of(client, task_id) == "CANCELED"

    def test_an_ended_task_is_refused_as_by_the_contract(self, server, painter, painted):
        answer = painter.post(own_url(server, f"{painted['output']['task_id']}/cancel"))

        assert error_of(answer)[:2] == (400, "UnsupportedOperation")

    def test_another_account_s_task_is_not_there(self, idle_server, client, stranger):
        task_id = idle_server.submit(client)

        assert error_of(stranger.post(own_url(idle_server, f"{task_id}/cancel"))) == NOT_THERE
        assert status_of(client, task_id) == "PENDING"


class TestBulk:
    @pytest.fixture
    def user(self, idle_server, client):
        key = make_key(client, idle_server, account="1000000000000007")
        with idle_server.client(key["key"]) as user:
            yield user

    def test_all_that_waits_of_the_calling_key_is_canceled_and_nothing_else(
        self, idle_server, client, user
    ):
        other = make_key(client, idle_server, account="1000000000000007")
        with idle_server.client(other["key"]) as colleague:
            kept = idle_server.submit(colleague)
            ids = [idle_server.submit(user) for _ in range(3)]

            answer = user.post(own_url(idle_server), json={"status": "PENDING"}).json()

            assert (answer["canceled"], answer["has_more"]) == (3, False)
            assert {status_of(user, task_id) for task_id in ids} == {"CANCELED"}
            assert status_of(user, kept) == "PENDING"
            assert user.post(own_url(idle_server)).json()["canceled"] == 0

    def test_an_admin_cancels_for_another_key_or_a_whole_account(self, idle_server, client, user):
        other = make_key(client, idle_server, account="1000000000000007")
        with idle_server.client(other["key"]) as colleague:
            theirs = idle_server.submit(colleague)
            mine = idle_server.submit(user)
            account = {"account": "1000000000000007"}

            first = client.post(own_url(idle_server), json={**account, "key_id": other["id"]})
            after_first = status_of(user, mine)
            client.post(own_url(idle_server), json=account).raise_for_status()

            assert first.json()["canceled"] == 1
            assert status_of(user, theirs) == "CANCELED"
            assert (after_first, status_of(user, mine)) == ("PENDING", "CANCELED")

    @pytest.mark.parametrize("body", [{"account": "1000000000000001"}, {"key_id": "1000001"}])
    def test_only_an_admin_cancels_for_others(self, idle_server, user, body):
        assert error_of(user.post(own_url(idle_server), json=body))[:2] == (403, "AccessDenied")

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b'{"status":"RUNNING"}', "status must be PENDING"),
            (b'{"status":1}', "$.status"),
            (b"[]", "object"),
            (b"{", "body"),
        ],
    )
    def test_what_can_not_be_meant_is_refused(self, idle_server, user, body, said):
        status, code, message = error_of(user.post(own_url(idle_server), content=body))

        assert (status, code) == (400, "InvalidParameter")
        assert said in message
