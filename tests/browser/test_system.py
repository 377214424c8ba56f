"""System: what works and waits, what went wrong, notices, and the machine."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import sign_in
from browser.looks import NARROW
from kaiga.http.operations.description import own_examples
from running import MODEL, RunningKaiga

PATIENCE = 60_000
ONE_ENGINE_AWAY = f"""
[engines.gpu]
kind = "openai"
url = "http://127.0.0.1:9/v1"

[models."{MODEL}"]
engines = ["gpu", "sketch"]

[models."{MODEL}".gpu]
name = "a-model"
"""


def fact(page: Page, name: str) -> Locator:
    return page.locator(".facts > div").filter(has_text=name).locator("dd")


def test_the_queue_is_shown_as_it_grows_and_stays_when_the_server_is_gone(
    open_page: Callable[..., Page], tmp_path: Path
):
    idle = RunningKaiga(tmp_path / "data", {"KAIGA_WORKERS": "0"}).start()
    page = open_page(server=idle)
    page.goto("/console/system")
    expect(fact(page, "Waiting")).to_have_text("0")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    expect(page.get_by_text("There are no workers")).to_be_visible()

    with idle.client() as client:
        idle.submit(client)
        idle.submit(client)

    expect(fact(page, "Waiting")).to_have_text("2")
    row = page.get_by_role("table", name="Queue by model").get_by_role("row").filter(has_text=MODEL)
    expect(row.get_by_role("cell").nth(1)).to_have_text("2")
    idle.stop()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer")
    expect(fact(page, "Waiting")).to_have_text("2")


def test_a_worker_shows_the_task_that_it_has(
    open_page: Callable[..., Page], start_server: Callable[..., RunningKaiga]
):
    slow = start_server({"KAIGA_SKETCH_SECONDS": "600"})
    page = open_page(server=slow)
    page.goto("/console/system")
    link = page.get_by_role("table", name="Workers").get_by_role("link")
    expect(page.get_by_text("idle")).to_be_visible()
    with slow.client() as client:
        task = slow.submit(client)
        expect(link).to_have_text(task[-12:], timeout=PATIENCE)
        workers = page.get_by_role("table", name="Workers")
        expect(workers).to_contain_text("Generating", timeout=PATIENCE)

        client.post(f"{slow.base_url}/kaiga/v1/tasks/{task}/cancel")

        expect(link).to_have_count(0, timeout=PATIENCE)


def test_engines_tell_whether_they_answer_and_for_which_models(
    open_page: Callable[..., Page], start_server: Callable[..., RunningKaiga], tmp_path: Path
):
    (tmp_path / "kaiga.toml").write_text(ONE_ENGINE_AWAY)
    page = open_page(server=start_server({}))
    page.goto("/console/system")
    engines = page.get_by_role("table", name="Engines").get_by_role("row")

    expect(engines.filter(has_text="sketch")).to_contain_text("Ready")
    expect(engines.filter(has_text="gpu")).to_contain_text("Away", timeout=PATIENCE)
    expect(engines.filter(has_text="gpu")).to_contain_text(MODEL)


def test_other_processes_of_the_service_are_listed_and_their_places_counted(page: Page):
    """The processes are those of the described example: a real one more needs a PostgreSQL."""
    more = {"members": own_examples.STATUS["members"]}
    page.route("**/status", lambda it: it.fulfill(json={**it.fetch().json(), **more}))

    page.goto("/console/system")

    row = page.get_by_role("table", name="Nodes and workers").get_by_role("row").nth(1)
    expect(row).to_contain_text(re.compile("gpu-1.*Worker.*sketch.*All models.*1 / 2", re.DOTALL))
    expect(fact(page, "Workers")).to_have_text("1 / 2")


def test_failures_are_counted_by_code_and_lead_to_the_task(page: Page, console: RunningKaiga):
    with console.client() as client:
        task = console.submit(client, size="1*1")
        console.wait_for_end(client, task)
    page.goto("/console/system/troubles")

    code = page.get_by_role("table", name="Failures by code").get_by_role("row").nth(1)
    expect(code).to_contain_text("InvalidParameter")
    page.get_by_role("link", name=task[-12:]).click()
    expect(page).to_have_url(re.compile(f"/console/tasks/{task}"))


def test_a_failed_task_of_another_account_is_read_by_an_admin(page: Page, console: RunningKaiga):
    wanted = {"account": "1000000000000042", "name": "other"}
    with console.client() as admin:
        other = admin.post(f"{console.base_url}/kaiga/v1/keys", json=wanted).json()["key"]
    with console.client(other) as client:
        task = console.submit(client, "a lost swan", size="1*1")
        console.wait_for_end(client, task)
    page.goto("/console/system/troubles")

    page.get_by_role("link", name=task[-12:]).click()

    expect(page.locator(".task-head")).to_contain_text("Failed")
    expect(page.locator(".fields")).to_contain_text(wanted["account"])
    expect(page.get_by_label("Request", exact=True)).to_contain_text("a lost swan")
    expect(page.get_by_label("Response", exact=True)).to_contain_text("InvalidParameter")


def test_a_notice_that_was_given_up_is_sent_again(page: Page, console: RunningKaiga):
    """Private addresses are not asked here, so that the notice is told to nobody."""
    with console.client() as client:
        added = client.post(
            f"{console.base_url}/kaiga/v1/webhooks", json={"url": "http://127.0.0.1:9/told"}
        )
        assert added.status_code == 200, added.text
        task = console.submit(client)
        console.wait_for_end(client, task)
        client.delete(f"{console.base_url}/kaiga/v1/webhooks/{added.json()['id']}")
    page.goto("/console/system/notices")
    row = page.get_by_role("row").filter(has_text=task[-12:])

    row.get_by_role("button", name="Send again").click(timeout=PATIENCE)

    expect(page.get_by_text("It is sent again")).to_be_visible()


def test_the_machine_tells_its_room_and_examines_itself(page: Page):
    page.goto("/console/system/machine")
    expect(page.get_by_text("Database")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("% of the disk is taken"))).to_be_visible()

    page.get_by_role("button", name="Check now").click()

    row = page.get_by_role("row").filter(has_text="Sketch engine")
    expect(row).to_contain_text("OK", timeout=PATIENCE)


def test_a_user_is_told_in_a_friendly_line(open_page: Callable[..., Page], console: RunningKaiga):
    with console.client() as admin:
        made = admin.post(f"{console.base_url}/kaiga/v1/keys", json={"name": "user"}).json()
    page = open_page(signed_in=False)
    sign_in(page.context.request, made["key"])
    page.goto("/console/system")

    expect(page.get_by_role("heading", name="This page is for admins")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ja", "zh-CN"])
def test_nothing_is_wider_than_a_phone(open_page: Callable[..., Page], language: str):
    page = open_page(NARROW, "dark", language)
    for address in ("system", "system/troubles", "system/notices", "system/machine"):
        page.goto(f"/console/{address}")
        page.locator("main section >> nth=0").wait_for()

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
