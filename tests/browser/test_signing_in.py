"""Signing in with a key, out again, and what is told when a session has ended."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from running import KEY, RunningKaiga


@pytest.fixture
def stranger(open_page: Callable[..., Page]) -> Page:
    return open_page(signed_in=False)


def sign_in(page: Page, key: str) -> None:
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()


def test_who_has_not_signed_in_is_asked_to_with_no_error_in_the_browsers_log(stranger: Page):
    errors: list[str] = []
    stranger.on("console", lambda message: errors.append(message.text))

    stranger.goto("/console/tasks")
    expect(stranger.get_by_label("API key")).to_be_focused()

    assert errors == []


def test_one_signs_in_where_one_wanted_to_go_and_out_again(stranger: Page):
    stranger.goto("/console/tasks")

    sign_in(stranger, "sk-wrong")
    expect(stranger.get_by_role("alert")).to_contain_text("InvalidApiKey")
    sign_in(stranger, KEY)
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Tasks")
    stranger.get_by_role("button", name="Sign out").click()
    stranger.reload()

    expect(stranger.get_by_label("API key")).to_be_visible()


def test_a_session_whose_key_is_revoked_is_told_to_be_over(stranger: Page, console: RunningKaiga):
    stranger.goto("/console/models")
    with console.client() as admin:
        keys = f"{console.base_url}/kaiga/v1/keys"
        made = admin.post(keys, json={"name": "short"}).json()
        sign_in(stranger, made["key"])
        expect(stranger.get_by_role("heading", level=1)).to_have_text("Models")

        admin.delete(f"{keys}/{made['id']}")
    stranger.get_by_role("link", name="Tasks").click()

    expect(stranger.get_by_text("Your session is over")).to_be_visible()
