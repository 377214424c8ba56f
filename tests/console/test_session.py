"""Signing in to the console: what the cookie opens, and from where."""

from collections.abc import Iterator

import httpx
import pytest

from running import KEY, RunningKaiga

OWN_PAGE = {"X-Kaiga-Console": "1"}


@pytest.fixture
def browser(idle_server: RunningKaiga) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=idle_server.base_url) as client:
        yield client


def sign_in(browser: httpx.Client, key: str = KEY) -> httpx.Response:
    return browser.post("/console/session", json={"key": key}, headers=OWN_PAGE)


def test_who_has_signed_in_needs_no_key_any_more(browser: httpx.Client):
    signed_in = sign_in(browser)

    assert signed_in.json()["role"] == "admin"
    assert signed_in.json()["is_emulator"] is False
    assert browser.get("/console/session").json()["account"] == signed_in.json()["account"]
    assert browser.get("/kaiga/v1/keys").status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: httpx.Client):
    cookie = sign_in(browser).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert KEY not in cookie


def test_a_change_needs_more_than_the_cookie(browser: httpx.Client):
    sign_in(browser)
    order = {"model": "wan2.5-t2i-preview", "input": {"prompt": "a cat"}}
    path = "/api/v1/services/aigc/text2image/image-synthesis"

    from_elsewhere = browser.post(path, json=order, headers={"X-DashScope-Async": "enable"})
    from_here = browser.post(path, json=order, headers={"X-DashScope-Async": "enable", **OWN_PAGE})

    assert from_elsewhere.status_code == 401
    assert from_here.status_code == 200


@pytest.mark.parametrize("of_others", ['theme={"dark":true}', "a=b c", "=", "kaiga_session2=x"])
def test_cookies_of_others_on_this_host_do_no_harm(
    browser: httpx.Client, idle_server: RunningKaiga, of_others: str
):
    sign_in(browser)
    cookies = f"{of_others}; kaiga_session={browser.cookies['kaiga_session']}; {of_others}"

    answer = httpx.get(f"{idle_server.base_url}/console/session", headers={"Cookie": cookies})

    assert answer.json()["account"] is not None


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_signing_in_and_out_is_for_our_own_pages(browser: httpx.Client, method: str):
    answer = browser.request(method, "/console/session", json={"key": KEY})

    assert answer.status_code == 403


def test_signing_out_takes_the_cookie_away(browser: httpx.Client):
    sign_in(browser)

    browser.delete("/console/session", headers=OWN_PAGE)

    assert browser.get("/kaiga/v1/results").status_code == 401


def test_nobody_has_signed_in_is_an_answer_and_no_error(browser: httpx.Client):
    answer = browser.get("/console/session")

    assert answer.status_code == 200
    assert answer.json()["account"] is None
    assert answer.json()["is_emulator"] is False


def test_a_wrong_key_does_not_sign_in(browser: httpx.Client):
    assert sign_in(browser, "sk-wrong").status_code == 401


def test_a_session_can_not_make_another_one(browser: httpx.Client):
    sign_in(browser)
    session = browser.cookies["kaiga_session"]

    assert sign_in(browser, session).status_code == 403


def test_a_session_ends_with_its_key(browser: httpx.Client, idle_server: RunningKaiga):
    with idle_server.client() as admin:
        made = admin.post(f"{idle_server.base_url}/kaiga/v1/keys", json={"name": "short"}).json()
        sign_in(browser, made["key"])
        assert browser.get("/console/session").json()["key_id"] == made["id"]
        admin.delete(f"{idle_server.base_url}/kaiga/v1/keys/{made['id']}")

    assert browser.get("/console/session").json()["key_id"] is None
    assert browser.get("/kaiga/v1/results").status_code == 401


def test_every_page_forbids_what_is_not_ours(browser: httpx.Client):
    page = browser.get("/console/tasks")

    policy = page.headers["content-security-policy"]
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_a_file_that_was_loaded_before_is_not_sent_again(browser: httpx.Client):
    first = browser.get("/console/assets/main.js")
    again = browser.get("/console/assets/main.js", headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["content-type"].startswith("text/javascript")
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["assets/none.js", "assets/%2e%2e/session.py", "assets/words/none.json"]
)
def test_nothing_else_is_served(browser: httpx.Client, path: str):
    assert browser.get(f"/console/{path}").status_code == 404
