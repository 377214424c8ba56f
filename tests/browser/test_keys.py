"""Keys, limits and usage: what an admin does there, and what a user sees instead."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.conftest import sign_in
from browser.looks import NARROW
from running import MODEL, RunningKaiga

OTHER = "2000000000000042"
KEY_TEXT = re.compile(r"sk-[0-9a-f]{32}")


@pytest.fixture(scope="module")
def user_key(console: RunningKaiga) -> str:
    """A user's key of another account, with which three pictures were made."""
    with console.client() as admin:
        made = admin.post(
            f"{console.base_url}/kaiga/v1/keys", json={"account": OTHER, "name": "other"}
        ).json()
    with console.client(made["key"]) as client:
        console.wait_for_end(client, console.submit(client, n=3))
    return str(made["key"])


def open_as_user(open_page: Callable[..., Page], key: str, address: str) -> Page:
    page = open_page(signed_in=False)
    sign_in(page.context.request, key)
    page.goto(address)
    return page


def create_key(page: Page, name: str) -> str:
    """Have a key made in the page; gives its text, which is shown once."""
    page.goto("/console/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create").click()
    shown = page.get_by_label("API key")
    expect(shown).to_have_value(KEY_TEXT)
    return shown.input_value()


def test_a_new_key_is_shown_once_and_works(page: Page, console: RunningKaiga):
    text = create_key(page, "shown once")

    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == text
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("row").filter(has_text="shown once")).to_contain_text("User")
    assert text not in page.content()
    with console.client(text) as client:
        assert client.get("/tasks/").status_code == 200


def test_a_key_is_revoked_after_it_was_asked_for_by_name(page: Page, console: RunningKaiga):
    text = create_key(page, "short-lived")
    page.get_by_role("button", name="Done").click()
    revoke = page.get_by_role("button", name="Revoke: short-lived")

    revoke.click()
    expect(page.get_by_role("dialog", name="Revoke short-lived?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    with console.client(text) as client:
        assert client.get("/tasks/").status_code == 200
    revoke.click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()

    expect(revoke).to_have_count(0)
    with console.client(text) as client:
        assert client.get("/tasks/").status_code == 401


def test_a_value_that_can_not_be_is_told_in_the_form(page: Page):
    page.goto("/console/keys")
    page.get_by_role("button", name="New key").click()
    page.get_by_label("Account").fill("no such/account")
    page.get_by_role("button", name="Create").click()

    expect(page.get_by_role("alert")).to_contain_text("account and workspace must be 1 to 64")
    expect(page.get_by_label("Account")).to_have_value("no such/account")


def test_a_rule_is_set_changed_and_removed(page: Page):
    page.goto("/console/keys/limits")
    page.get_by_role("button", name="New rule").click()
    page.get_by_role("textbox", name="Account").fill(OTHER)
    page.get_by_role("textbox", name="Queued").fill("7")
    page.get_by_role("textbox", name="Running").fill("none")
    page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text=OTHER)
    expect(row.get_by_role("cell")).to_have_text(
        [OTHER, "–", "–", "∞", "7", "–", "–", re.compile("Edit")]
    )

    row.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Queued").fill("")
    page.get_by_role("button", name="Save").click()
    expect(row.get_by_role("cell").nth(4)).to_have_text("–")
    expect(row.get_by_role("cell").nth(3)).to_have_text("∞")

    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_usage_is_drawn_told_in_a_table_and_saved_as_csv(page: Page, user_key: str, tmp_path: Path):
    del user_key
    page.goto("/console/keys/usage")
    page.get_by_label("Group by").select_option("account")
    row = page.get_by_role("row").filter(has_text=OTHER)
    expect(row.get_by_role("cell").nth(1)).to_have_text("3")

    row.get_by_role("button", name=OTHER).click()
    expect(page.get_by_role("img", name=re.compile("^Pictures: 3"))).to_be_visible()
    page.get_by_text("As a table").click()
    expect(page.get_by_role("table", name="Pictures: 3").get_by_role("row")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("heading", name=f"Pictures: 3 · {OTHER}")).to_be_visible()

    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / "usage.csv"
    saved.value.save_as(file)
    images = {
        line["account"]: line["images"] for line in csv.DictReader(file.read_text().splitlines())
    }
    assert images[OTHER] == "3"


def test_a_users_key_sees_its_own_usage_and_no_keys(open_page: Callable[..., Page], user_key: str):
    page = open_as_user(open_page, user_key, "/console/keys")

    expect(page.get_by_role("row").filter(has_text=MODEL).get_by_role("cell").nth(1)).to_have_text(
        "3"
    )
    expect(page.get_by_text("Keys and limits are for keys with the role admin")).to_be_visible()
    expect(page.get_by_role("button", name="New key")).to_have_count(0)
    assert page.get_by_label("Group by").locator("option").all_inner_texts() == [
        "Model",
        "Key",
    ]


@pytest.mark.parametrize("language", ["en", "ja", "zh-CN"])
def test_nothing_is_wider_than_a_phone(
    open_page: Callable[..., Page], user_key: str, language: str
):
    del user_key
    page = open_page(NARROW, "dark", language)
    for address in ("keys", "keys/limits", "keys/usage"):
        page.goto(f"/console/{address}")
        page.locator("main table >> nth=-1").wait_for()

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
