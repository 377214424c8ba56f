"""`make screenshots`: pictures of the console for docs/console.md, of a server that it fills.

Ids, times, and what pages order with a seed of their own differ from run to run.
"""

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from browser import exhibition
from browser.chromium import start_chromium
from browser.forms import generate, open_form, prompt
from browser.looks import NARROW, WIDE
from running import KEY, RunningKaiga, wait_until

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "console"
ADDRESS = "http://127.0.0.1:8600"
"""What the pages show, whichever port is free."""
COLOURS = 256
SURFACES = 16
PATIENCE_MILLISECONDS = 180_000
SLOW = {"KAIGA_SKETCH_SECONDS": "60", "KAIGA_WORKERS": "1"}
ALL_ARRIVED = """(images) => images.every(
    (it) => it.naturalWidth || it.getBoundingClientRect().top > innerHeight)"""
STILL = "*, ::before { animation: none !important; caret-color: transparent !important; }"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="kaiga-") as folder, sync_playwright() as playwright:
        server = RunningKaiga(Path(folder) / "data", {"KAIGA_KEEP_DAYS": "30"})
        with running(server):
            task = exhibition.fill(server)
            browser = start_chromium(playwright, rule_for(server))
            picture_what_was_made(browser, task)
            browser.close()
        exhibition.add_earlier_days(server.data)
        with running(server.set(**SLOW)):
            exhibition.order_more(server)
            browser = start_chromium(playwright, rule_for(server))
            picture_what_goes_on(browser)
            browser.close()


@contextmanager
def running(server: RunningKaiga) -> Iterator[None]:
    server.start()
    try:
        yield
    finally:
        server.stop()


def rule_for(server: RunningKaiga) -> str:
    """Have the browser find the server at `ADDRESS`."""
    found, shown = urlsplit(server.base_url).netloc, urlsplit(ADDRESS).netloc
    return f"--host-resolver-rules=MAP {shown} {found}"


def picture_what_was_made(browser: Browser, task: str) -> None:
    with open_page(browser) as page:
        page.goto(f"/console/tasks/{task}")
        wait_for_pictures(page, "main img")
        take(page, "task")
        page.goto("/console/gallery")
        take_gallery(page, "gallery")
        compare(page)
        take(page, "compare")
        page.goto("/console/models/wan2.5-t2i-preview")
        page.get_by_role("columnheader", name="Takes").wait_for()
        take(page, "model")
        page.goto("/console/start")
        run_tutorial(page)
        take(page, "start")
        paint_in_playground(page)
        take(page, "playground")
    with open_page(browser, scheme="dark") as page:
        page.goto("/console/gallery")
        take_gallery(page, "gallery-dark")
    with open_page(browser, NARROW) as page:
        page.goto("/console/gallery")
        take_gallery(page, "gallery-phone")
    with open_page(browser, language="zh-CN") as page:
        page.goto("/console/models")
        page.locator("main li, main tbody tr").first.wait_for()
        take(page, "models-zh")


def picture_what_goes_on(browser: Browser) -> None:
    with open_page(browser) as page:
        page.goto("/console/tasks")
        page.locator("td .status.RUNNING").wait_for()
        take(page, "tasks")
        page.goto("/console/keys")
        page.get_by_text("Workshop").wait_for()
        take(page, "keys")
        page.goto("/console/keys/usage")
        page.get_by_text("As a table").wait_for()
        take(page, "usage")
        page.goto("/console/system")
        page.get_by_role("table", name="Workers").get_by_role("link").wait_for()
        take(page, "system")
    with open_page(browser, scheme="dark") as page:
        page.goto("/console/system")
        page.get_by_role("table", name="Workers").get_by_role("link").wait_for()
        take(page, "system-dark")
    with open_page(browser, NARROW, language="ja") as page:
        page.goto("/console/tasks")
        page.locator("td .status.RUNNING").wait_for()
        take(page, "tasks-phone-ja")


@contextmanager
def open_page(
    browser: Browser,
    size: dict[str, int] = WIDE,
    scheme: str = "light",
    language: str = "en",
) -> Iterator[Page]:
    """A page that has signed in as people do."""
    context = browser.new_context(
        base_url=ADDRESS,
        viewport=size,
        color_scheme=scheme,
        locale=language,
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    page.goto("/console")
    page.locator("#key").fill(KEY)
    page.keyboard.press("Enter")
    page.locator("#content").wait_for()
    yield page
    context.close()


def paint_in_playground(page: Page) -> None:
    open_form(page, exhibition.WAN)
    prompt(page).fill("A flower shop with exquisite windows, a beautiful wooden door, and flowers")
    generate(page)
    wait_for_pictures(page, ".pg-results figure img")


def run_tutorial(page: Page) -> None:
    steps = page.locator(".steps > li")
    for title in ("Create a task", "Ask until it is done"):
        step = steps.filter(has=page.get_by_role("heading", name=title))
        step.get_by_role("button", name="Run").click()
        step.get_by_label("Answer").wait_for()
    page.locator("img.made").wait_for()
    page.evaluate("scrollTo(0, 0)")


def compare(page: Page) -> None:
    tiles = page.locator(".tile").filter(has=page.get_by_role("button", name=exhibition.COMPARED))
    for number in range(2):
        tiles.nth(number).hover()
        tiles.nth(number).get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare").click()
    wait_for_pictures(page, ".compare-window img")


def take_gallery(page: Page, name: str) -> None:
    wait_for_pictures(page, ".tile img")
    page.mouse.move(0, 0)
    take(page, name)


def wait_for_pictures(page: Page, selector: str) -> None:
    """Wait until there are such pictures, and all have arrived that are on the screen."""
    page.locator(selector).first.wait_for()
    images = page.locator(selector)
    wait_until(lambda: images.evaluate_all(ALL_ARRIVED), f"all of {selector} have arrived")


def take(page: Page, name: str) -> None:
    """Keep what is on the screen, in few enough colours to be small."""
    page.wait_for_load_state("load")
    shot = Image.open(io.BytesIO(page.screenshot(style=STILL))).convert("RGB")
    few = shot.quantize(palette=choose_colours(shot), dither=Image.Dither.FLOYDSTEINBERG)
    few.save(FOLDER / f"{name}.png", optimize=True)


def choose_colours(shot: Image.Image) -> Image.Image:
    """Those of the page's own surfaces as they are, and what stands best for all others."""
    counted = sorted(shot.getcolors(shot.width * shot.height) or [], reverse=True)
    surfaces = [colour for _, colour in counted[:SURFACES]]
    others = shot.quantize(COLOURS - SURFACES, Image.Quantize.MEDIANCUT, kmeans=2)
    palette = Image.new("P", (1, 1))
    palette.putpalette([*chain.from_iterable(surfaces), *(others.getpalette() or [])])
    return palette


if __name__ == "__main__":
    main()
