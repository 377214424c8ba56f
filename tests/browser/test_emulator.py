"""The page of an emulator: its time, what goes wrong on demand, and what it was asked."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from browser.conftest import sign_in
from browser.looks import NARROW
from browser.test_accessible import find_in_every_look
from running import RunningKaiga

KEY = "sk-of-the-page"
TABS = ("emulator", "emulator/faults", "emulator/requests")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    data = tmp_path_factory.mktemp("emulator") / "data"
    running = RunningKaiga(data, {"KAIGA_EMULATOR": "true"}).start()
    yield running
    running.stop()


@pytest.fixture
def user(emulator: RunningKaiga) -> Iterator[httpx.Client]:
    """A program with the key that has signed in too; each test begins with nothing."""
    with emulator.client(KEY) as client:
        client.post(f"{emulator.base_url}/kaiga/v1/emulator/reset").raise_for_status()
        yield client


@pytest.fixture
def page(open_page: Callable[..., Page], emulator: RunningKaiga) -> Page:
    """A page of the key's own account, and no administrator's."""
    opened = open_page(server=emulator, signed_in=False)
    sign_in(opened.context.request, KEY)
    return opened


def table(page: Page, name: str) -> Locator:
    return page.get_by_role("table", name=name).get_by_role("row")


def freeze(page: Page) -> None:
    page.get_by_role("button", name="Freeze").click()
    expect(page.get_by_text("stands still")).to_be_visible()


def test_only_an_emulator_has_the_page(open_page: Callable[..., Page]):
    usual = open_page()
    usual.goto("/console/emulator")

    expect(usual.get_by_role("heading", name="There is no such page")).to_be_visible()
    expect(usual.get_by_role("link", name="Emulator")).to_have_count(0)


def test_moving_the_clock_ends_a_task_that_waits(
    page: Page, emulator: RunningKaiga, user: httpx.Client
):
    page.goto("/console/playground")
    page.get_by_role("link", name="Emulator").click()
    freeze(page)
    page.get_by_role("button", name="Edit: All other models").click()
    page.get_by_label("Waits (s)").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(table(page, "Pace").nth(1).get_by_role("cell").nth(1)).to_have_text("30")
    task = emulator.submit(user)
    row = table(page, "Latest tasks").filter(has_text=task[-12:])
    expect(row).to_contain_text("Waiting")

    page.get_by_role("button", name="+ 10 sec").click()
    expect(page.get_by_role("button", name="+ 10 sec")).to_be_enabled()
    expect(row).to_contain_text("Waiting")
    page.get_by_role("button", name="+ 1 min").click()

    expect(row).to_contain_text("Succeeded")


def test_a_clock_is_moved_to_a_time_and_never_back(page: Page, user: httpx.Client):
    del user
    page.goto("/console/emulator")
    freeze(page)
    until, move = page.get_by_label("Move to"), page.get_by_role("button", name="Move", exact=True)
    wanted = datetime.fromisoformat(until.input_value()) + timedelta(days=400)
    told = re.compile(wanted.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"))

    until.fill(wanted.isoformat())
    move.click()
    expect(page.locator(".clock-now time")).to_have_attribute("datetime", told)
    until.fill((wanted - timedelta(days=1)).isoformat())
    move.click()

    expect(page.get_by_text("A clock moves forward only.")).to_be_visible()
    expect(page.locator(".clock-now time")).to_have_attribute("datetime", told)


def test_a_model_has_a_pace_of_its_own_until_it_is_removed(page: Page, user: httpx.Client):
    del user
    page.goto("/console/emulator")
    page.get_by_role("button", name="Pace of a model").click()
    page.locator("dialog [name=model]").select_option("wan2.6-t2v")
    page.get_by_label("Runs (s)").fill("180")
    page.get_by_role("button", name="Save").click()
    expect(table(page, "Pace").filter(has_text="wan2.6-t2v")).to_contain_text("180")

    page.get_by_role("button", name="Remove: wan2.6-t2v").click()

    expect(table(page, "Pace")).to_have_count(2)


def test_a_fault_of_the_page_meets_the_next_call_and_is_counted(page: Page, user: httpx.Client):
    page.goto("/console/emulator/faults")
    page.get_by_role("button", name="New fault").click()
    page.get_by_label("Kind").select_option("error")
    page.locator("dialog [name=on]").select_option("list")
    page.get_by_label("status").fill("503")
    page.get_by_label("times").fill("1")
    page.get_by_role("button", name="Apply").last.click()
    row = table(page, "Faults").filter(has_text="error")
    expect(row.get_by_role("cell").nth(3)).to_have_text("0")

    statuses = [user.get("/tasks").status_code for _ in range(2)]

    assert statuses == [503, 200]
    expect(row.get_by_role("cell").nth(3)).to_have_text("1")
    row.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("No faults are set.")).to_be_visible()


def test_a_fault_that_can_not_be_is_refused_in_the_form(page: Page, user: httpx.Client):
    del user
    page.goto("/console/emulator/faults")
    page.get_by_role("button", name="New fault").click()
    page.get_by_label("probability").fill("7")
    page.get_by_role("button", name="Apply").last.click()

    expect(page.get_by_role("alert")).to_contain_text("probability")


def test_a_ready_plan_sets_its_faults_and_all_are_removed(page: Page, user: httpx.Client):
    del user
    page.goto("/console/emulator/faults")
    page.get_by_label("Ready plan").select_option("lost-tasks")
    expect(page.get_by_text("Tasks whose ids are lost")).to_be_visible()
    page.get_by_role("button", name="Apply").click()
    expect(table(page, "Faults").filter(has_text="lost-task")).to_be_visible()

    page.get_by_role("button", name="Remove all").click()

    expect(page.get_by_text("No faults are set.")).to_be_visible()


def test_a_request_is_opened_with_what_came_and_what_went_out(page: Page, user: httpx.Client):
    page.goto("/console/emulator/requests")
    expect(page.get_by_text("No calls yet.")).to_be_visible()
    answer = user.get("/tasks", params={"page_size": 3})
    answer.raise_for_status()

    page.get_by_role("button", name="GET /tasks?page_size=3").click()

    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Request", exact=True)).to_contain_text('"query": "page_size=3"')
    expect(dialog.get_by_label("Response", exact=True)).to_contain_text(
        f'"request_id": "{answer.json()["request_id"]}"'
    )
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Forget all").click()
    expect(page.get_by_text("No calls yet.")).to_be_visible()


def test_tasks_are_loaded_and_a_reset_empties_the_account(
    page: Page, user: httpx.Client, tmp_path: Path
):
    seed = tmp_path / "seed.json"
    order = {"model": "wan2.5-t2i-preview", "input": {"prompt": "a cat"}, "state": "CANCELED"}
    seed.write_text(json.dumps({"tasks": [order, order]}))
    page.goto("/console/emulator")
    page.get_by_role("button", name="Load tasks").click()
    page.get_by_label("From a file").set_input_files(seed)
    expect(page.get_by_label("JSON")).to_have_value(re.compile("CANCELED"))
    page.get_by_role("dialog").get_by_role("button", name="Load tasks").click()
    expect(table(page, "Latest tasks").filter(has_text="Canceled")).to_have_count(2)

    page.get_by_role("button", name="Reset", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Reset").click()

    expect(page.get_by_text("Reset: 2 tasks are gone")).to_be_visible()
    expect(page.get_by_text("No tasks yet")).to_be_visible()
    assert user.get("/tasks").json()["total"] == 0


def test_an_admin_looks_after_another_account(
    open_page: Callable[..., Page], emulator: RunningKaiga, user: httpx.Client
):
    task = emulator.submit(user)
    account = user.get(f"{emulator.base_url}/kaiga/v1/emulator/clock").json()["account"]
    page = open_page(server=emulator)
    page.goto("/console/emulator")

    page.get_by_label("Account").fill(account)
    page.get_by_label("Account").press("Tab")

    expect(table(page, "Latest tasks").filter(has_text=task[-12:])).to_be_visible()


@pytest.mark.usefixtures("user")
def test_an_account_that_is_being_typed_stays_when_the_list_of_accounts_comes(
    open_page: Callable[..., Page], emulator: RunningKaiga
):
    page = open_page(server=emulator)
    held: list[Route] = []
    page.route("**/emulator/accounts?*", lambda route: held.append(route))  # noqa: PLW0108  it is wrapped
    page.goto("/console/emulator")
    page.get_by_label("Account").fill("2999")

    held[0].continue_()
    page.locator("datalist option").first.wait_for(state="attached")

    expect(page.get_by_label("Account")).to_have_value("2999")


@pytest.mark.parametrize("address", TABS)
def test_a_tab_is_accessible(page: Page, emulator: RunningKaiga, user: httpx.Client, address: str):
    fill(emulator, user)
    page.goto(f"/console/{address}")
    page.locator("main table").first.wait_for()

    assert find_in_every_look(page) == []


@pytest.mark.parametrize("language", ["en", "ja", "zh-CN"])
def test_nothing_is_wider_than_a_phone(
    open_page: Callable[..., Page], emulator: RunningKaiga, user: httpx.Client, language: str
):
    fill(emulator, user)
    page = open_page(NARROW, "dark", language, server=emulator, signed_in=False)
    sign_in(page.context.request, KEY)
    for address in TABS:
        page.goto(f"/console/{address}")
        page.locator("main table").first.wait_for()

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def fill(emulator: RunningKaiga, user: httpx.Client) -> None:
    """One task, and one fault that acts at nothing."""
    emulator.submit(user)
    fault = {"kind": "error", "on": "cancel", "message": "a long line " * 5}
    user.post(f"{emulator.base_url}/kaiga/v1/emulator/faults", json=fault).raise_for_status()
