import re

import pytest
from controlling import Tester

from running import RunningKaiga

EMULATOR = "/kaiga/v1/emulator"


def test_keys_that_were_never_made_do_not_see_each_others_tasks(emulator: RunningKaiga):
    with emulator.client("sk-first") as first, emulator.client("sk-second") as second:
        task = emulator.submit(first)

        assert first.get(f"/tasks/{task}").json()["output"]["task_status"] != "UNKNOWN"
        assert second.get(f"/tasks/{task}").json()["output"]["task_status"] == "UNKNOWN"


def test_a_key_that_says_so_is_refused(emulator: RunningKaiga):
    with emulator.client("sk-invalid") as client:
        answer = client.get("/tasks/x")

    assert answer.status_code == 401
    assert answer.json()["code"] == "InvalidApiKey"


@pytest.mark.parametrize(("workspace", "status"), [("ws-of-my-company", 200), ("ws-invalid", 401)])
def test_a_workspace_is_there_unless_it_says_that_it_is_not(
    tester: Tester, workspace: str, status: int
):
    answer = tester.api.get("/tasks", headers={"X-DashScope-WorkSpace": workspace})

    assert answer.status_code == status


def test_a_day_later_links_have_expired_for_this_account_alone(emulator: RunningKaiga):
    with emulator.client("sk-late") as late, emulator.client("sk-now") as now:
        tasks = {client: emulator.submit(client) for client in (late, now)}
        links = {
            client: emulator.wait_for_end(client, task)["output"]["results"][0]["url"]
            for client, task in tasks.items()
        }

        late.patch(f"{emulator.base_url}{EMULATOR}/clock", json={"advance_seconds": 86_500})

        refused = late.get(links[late])
        assert refused.status_code == 403
        told = dict(re.findall(r"<(\w+)>([^<]*)</", refused.text))
        assert told["Expires"] <= told["ServerTime"]
        assert late.get(f"/tasks/{tasks[late]}").json()["output"]["task_status"] == "UNKNOWN"
        assert now.get(links[now]).status_code == 200


def test_a_page_of_another_origin_controls_nothing(emulator: RunningKaiga):
    with emulator.client("sk-page") as client:
        answer = client.get(
            f"{emulator.base_url}{EMULATOR}/clock", headers={"Origin": "https://evil.example"}
        )

    assert answer.status_code == 403


@pytest.mark.parametrize("advance", [-1, 1e10, 1e300])
def test_a_move_that_cannot_be_is_refused_and_does_not_freeze_either(
    tester: Tester, advance: float
):
    refused = tester.ask("PATCH", "clock", json={"frozen": True, "advance_seconds": advance})

    assert refused.status_code == 400
    assert "advance_seconds" in refused.json()["message"]
    assert tester.control("GET", "clock")["frozen"] is False


def test_a_move_beyond_ten_years_in_all_is_refused_and_does_not_freeze_either(tester: Tester):
    tester.control("PATCH", "clock", json={"advance_seconds": 3660 * 86_400})

    refused = tester.ask("PATCH", "clock", json={"frozen": True, "advance_seconds": 1})

    assert refused.status_code == 400
    assert tester.control("GET", "clock")["frozen"] is False
