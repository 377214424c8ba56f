"""Accounts, their tasks and their end, by the control routes of a real emulator."""

import httpx

from running import RunningKaiga

EMULATOR = "/kaiga/v1/emulator"


def control(emulator: RunningKaiga, client: httpx.Client, method: str, path: str) -> httpx.Response:
    return client.request(method, f"{emulator.base_url}{EMULATOR}/{path}")


def status_of(client: httpx.Client, task: str) -> str:
    return client.get(f"/tasks/{task}").json()["output"]["task_status"]


def test_after_a_reset_tasks_and_links_of_this_account_alone_are_gone(emulator: RunningKaiga):
    with emulator.client("sk-reset") as reset, emulator.client("sk-kept") as kept:
        tasks = {client: emulator.submit(client) for client in (reset, kept)}
        links = {
            client: emulator.wait_for_end(client, task)["output"]["results"][0]["url"]
            for client, task in tasks.items()
        }
        control(emulator, reset, "PATCH", "clock")

        answer = control(emulator, reset, "POST", "reset")

        assert answer.json()["tasks"] == 1
        assert status_of(reset, tasks[reset]) == "UNKNOWN"
        assert reset.get(links[reset]).status_code == 404
        assert status_of(kept, tasks[kept]) == "SUCCEEDED"
        assert kept.get(links[kept]).status_code == 200


def test_a_reset_brings_the_clock_back(emulator: RunningKaiga):
    with emulator.client("sk-clock-reset") as client:
        url = f"{emulator.base_url}{EMULATOR}/clock"
        client.patch(url, json={"frozen": True, "advance_seconds": 3600})

        control(emulator, client, "POST", "reset")

        assert client.get(url).json()["frozen"] is False


def test_an_account_sees_its_tasks_with_all_that_is_kept_of_them(emulator: RunningKaiga):
    with emulator.client("sk-tasks") as client:
        task = emulator.submit(client, "a heron")
        url = emulator.wait_for_end(client, task)["output"]["results"][0]["url"]
        size = len(client.get(url).content)  # drawn by now
        emulator.submit(client, "a stork")

        newest, oldest = control(emulator, client, "GET", "tasks").json()["tasks"]
        page = control(emulator, client, "GET", f"tasks?before={newest['task_id']}&limit=5")

    assert oldest["task_id"] == task
    assert oldest["request"]["input"] == {"prompt": "a heron"}
    assert oldest["results"][0]["size_bytes"] == size
    assert oldest["attempts"][0]["number"] == 1
    assert [each["task_id"] for each in page.json()["tasks"]] == [task]


def test_keys_are_shown_as_prefix_and_hash_to_their_owners_and_to_admins(emulator: RunningKaiga):
    with emulator.client("sk-shown-to-nobody") as client, emulator.client() as admin:
        own = control(emulator, client, "GET", "accounts")
        refused = control(emulator, client, "GET", "accounts?all=true")
        every = control(emulator, admin, "GET", "accounts?all=true")

    (account,) = own.json()["accounts"]
    (key,) = account["keys"]
    assert key["prefix"] == "sk-show..."
    assert "nobody" not in every.text
    assert account["account"] in {each["account"] for each in every.json()["accounts"]}
    assert len(every.json()["accounts"]) > 1
    assert refused.status_code == 403


def test_an_admin_resets_the_account_that_it_names(emulator: RunningKaiga):
    with emulator.client("sk-named") as client, emulator.client() as admin:
        task = emulator.submit(client)
        (account,) = control(emulator, client, "GET", "accounts").json()["accounts"]

        control(emulator, admin, "POST", f"reset?account={account['account']}")

        assert status_of(client, task) == "UNKNOWN"
