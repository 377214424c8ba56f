"""The list of tasks and the page of one, as somebody at a browser meets them."""

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import Page, expect

from browser.looks import NARROW
from running import CREATE, MODEL, RunningKaiga, wait_until

MANY = 5_000
PATIENCE = 60_000
ROWS = "table.tasks tbody tr"


@pytest.fixture
def client(console: RunningKaiga) -> Iterator[httpx.Client]:
    with console.client() as client:
        yield client


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server on which nothing runs: 5,000 tasks, of which each fifth breaks a rule."""
    folder = tmp_path_factory.mktemp("crowded") / "data"
    running = RunningKaiga(folder, {"KAIGA_WORKERS": "0"}).start()
    with running.client() as client, ThreadPoolExecutor(8) as threads:

        def submit(number: int) -> str:
            size = "1*1" if number % 5 == 0 else "768*768"
            return running.submit(client, f"cat number {number}", size=size)

        list(threads.map(submit, range(MANY)))
    yield running
    running.stop()


def row_of(page: Page, task: str):
    return page.locator(ROWS).filter(has=page.locator(f"a[href$='{task}']"))


class TestList:
    def test_a_task_appears_and_ends_before_the_readers_eyes(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        page.goto("/console/tasks")
        page.wait_for_selector("main h1")

        task = console.submit(client, "a heron in the reeds")

        expect(row_of(page, task)).to_contain_text("a heron in the reeds")
        expect(row_of(page, task)).to_contain_text("Succeeded", timeout=PATIENCE)

    def test_a_filter_is_in_the_address_and_outlives_a_reload(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        failed, good = console.submit(client, size="1*1"), console.submit(client)
        page.goto("/console/tasks")

        page.get_by_label("State").select_option(label="Failed")

        expect(row_of(page, failed)).to_have_count(1)
        expect(row_of(page, good)).to_have_count(0)
        expect(page).to_have_url(re.compile("status=FAILED"))
        page.reload()
        expect(row_of(page, failed)).to_have_count(1)
        expect(row_of(page, good)).to_have_count(0)

    def test_tasks_are_found_between_two_chosen_times(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        task = console.submit(client)
        page.goto("/console/tasks")
        now = page.evaluate("Date.now() - new Date().getTimezoneOffset() * 60000") / 1000
        write = "%Y-%m-%dT%H:%M"
        before, after = (
            datetime.fromtimestamp(now + shift, UTC).strftime(write) for shift in (-3600, 3600)
        )

        page.get_by_label("Submitted").select_option(label="From – to")
        page.get_by_label("From", exact=True).fill(before)
        page.get_by_label("Before", exact=True).fill(after)

        expect(page).to_have_url(re.compile("since=range&from=.*&to="))
        expect(row_of(page, task)).to_have_count(1)
        page.get_by_label("Before", exact=True).fill(before)
        expect(page.get_by_text("No task matches")).to_be_visible()
        page.get_by_label("Submitted").select_option(label="In the last hour")
        expect(row_of(page, task)).to_have_count(1)
        expect(page.get_by_label("From", exact=True)).to_have_count(0)

    def test_a_task_is_found_by_text_of_its_id(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        task = console.submit(client)
        console.submit(client)
        page.goto("/console/tasks")

        page.get_by_label("Text of the id").fill(task[10:])

        expect(page.locator(ROWS)).to_have_count(1)
        expect(row_of(page, task)).to_have_count(1)

    def test_rows_are_walked_and_opened_by_the_keyboard(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        second, first = console.submit(client), console.submit(client)
        page.goto("/console/tasks")
        row_of(page, first).locator("a").focus()

        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

        expect(page).to_have_url(re.compile(second))
        expect(page.get_by_role("heading", level=1)).to_have_text(MODEL)

    def test_an_empty_list_says_where_to_begin_and_takes_the_first_task(
        self, open_page: Callable[..., Page], start_server: Callable[..., RunningKaiga]
    ):
        server = start_server({"KAIGA_WORKERS": "0"})
        page = open_page(server=server)
        page.goto("/console/tasks")
        expect(page.get_by_text("No tasks yet")).to_be_visible()
        expect(page.get_by_role("link", name="Make the first one")).to_be_visible()

        with server.client() as client:
            server.submit(client)

        expect(page.locator(ROWS)).to_have_count(1)
        expect(page.get_by_role("link", name="Older")).to_have_count(0)
        expect(page.get_by_role("link", name="Newer")).to_have_count(0)

    def test_a_failing_server_is_told_of_and_tried_again(self, page: Page):
        page.route("**/kaiga/v1/tasks?*", lambda route: route.fulfill(status=503, body="{}"))
        page.goto("/console/tasks")
        expect(page.get_by_role("alert")).to_be_visible()

        page.unroute("**/kaiga/v1/tasks?*")
        page.get_by_role("button", name="Try again").click()

        expect(page.get_by_role("alert")).to_have_count(0)
        expect(page.locator(ROWS).first).to_be_visible()


class TestManyTasks:
    def test_five_thousand_are_shown_in_pages_in_both_directions(
        self, open_page: Callable[..., Page], crowded: RunningKaiga
    ):
        page = open_page(server=crowded)
        page.goto("/console/tasks")
        expect(page.locator(ROWS)).to_have_count(50)
        newest = page.locator(f"{ROWS} a").first.get_attribute("href")

        page.get_by_role("link", name="Older").click()
        expect(page.get_by_role("link", name="Newer")).to_be_visible()
        expect(page.locator(f"{ROWS} a[href='{newest}']")).to_have_count(0)
        page.get_by_role("link", name="Newer").click()

        expect(page.locator(f"{ROWS} a").first).to_have_attribute("href", str(newest))
        expect(page).to_have_url(re.compile(r"/console/tasks$"))

    def test_one_of_five_thousand_is_found(
        self, open_page: Callable[..., Page], crowded: RunningKaiga
    ):
        page = open_page(NARROW, server=crowded)
        with crowded.client() as client:
            task = crowded.submit(client, "the needle", n=2)
        page.goto(f"/console/tasks?status=PENDING&model={MODEL}&id={task[9:]}")

        expect(page.locator(ROWS)).to_have_count(1)
        expect(page.locator(ROWS)).to_contain_text("the needle")


class TestTask:
    def test_everything_of_a_task_is_there(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        body = {"model": MODEL, "input": {"prompt": "a boat"}, "parameters": {"n": 1, "seed": 11}}
        created = client.post(CREATE, json=body, headers={"X-DashScope-Async": "enable"})
        task = created.json()["output"]["task_id"]
        console.wait_for_end(client, task)

        page.goto(f"/console/tasks/{task}")

        page.get_by_role("img", name="Result 1").wait_for()
        expect(page.locator(".task-head")).to_contain_text("Succeeded", timeout=PATIENCE)
        expect(page.locator(".task-head")).to_contain_text(task)
        expect(page.locator(".fields")).to_contain_text(created.json()["request_id"])
        expect(page.locator(".timings")).to_contain_text("Generate")
        expect(page.get_by_role("cell", name="Ended the task")).to_be_visible()
        expect(page.get_by_label("Response", exact=True)).to_contain_text('"task_metrics"')
        page.get_by_role("button", name="Copy: Request").click()
        expect(page.get_by_text("Copied")).to_be_visible()
        assert json.loads(page.evaluate("navigator.clipboard.readText()")) == body

    def test_a_picture_does_not_move_what_is_around_it(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        task = console.submit(client)
        console.wait_for_end(client, task)
        page.add_init_script(
            "window.shifts = 0; new PerformanceObserver((list) => { for (const entry of"
            " list.getEntries()) window.shifts += entry.value })"
            ".observe({ type: 'layout-shift', buffered: true })"
        )

        page.goto(f"/console/tasks/{task}")
        page.wait_for_selector(".results img")
        wait_until(
            lambda: page.evaluate("document.querySelector('.results img').complete"),
            "the picture is there",
        )

        assert page.evaluate("window.shifts") < 0.05

    def test_a_running_task_is_followed_to_its_pictures(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        page.goto(f"/console/tasks/{console.submit(client, n=4, size='1280*1280')}")

        expect(page.get_by_role("img", name="Result 4")).to_be_visible(timeout=PATIENCE)
        expect(page.locator(".task-head")).to_contain_text("Succeeded", timeout=PATIENCE)

    def test_a_waiting_task_is_canceled(
        self, open_page: Callable[..., Page], crowded: RunningKaiga
    ):
        with crowded.client() as client:
            task = crowded.submit(client)
        page = open_page(server=crowded)
        page.goto(f"/console/tasks/{task}")

        page.get_by_role("button", name="Cancel").click()

        expect(page.locator(".task-head")).to_contain_text("Canceled")
        expect(page.get_by_role("button", name="Cancel")).to_have_count(0)

    @pytest.mark.parametrize(("button", "is_same"), [("Run again", True), ("new seed", False)])
    def test_a_task_is_run_again(
        self, page: Page, console: RunningKaiga, client: httpx.Client, button: str, is_same: bool
    ):
        task = console.submit(client, "a bridge", seed=123)
        page.goto(f"/console/tasks/{task}")

        page.get_by_role("button", name=re.compile(f"{button}$")).click()

        expect(page.locator(".task-head")).not_to_contain_text(task)
        expect(page.get_by_label("Request", exact=True)).to_contain_text("a bridge")
        seed = page.locator(".fields div").filter(has_text="Seed").locator("dd").inner_text()
        assert (seed == "123") == is_same

    def test_why_a_task_failed_is_told(
        self, page: Page, console: RunningKaiga, client: httpx.Client
    ):
        page.goto(f"/console/tasks/{console.submit(client, size='1*1')}")

        expect(page.locator("p.failed")).to_contain_text("InvalidParameter")

    def test_a_task_that_is_not_there_is_told_so(self, page: Page):
        page.goto("/console/tasks/01a21f24-ab89-788e-b2bf-eed0d1183e72")

        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such task")
