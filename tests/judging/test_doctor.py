"""What `kaiga doctor` finds of the endpoints that rewrite and judge."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from endpoint import Endpoint, judge, running_endpoint, say
from kaiga.compose.doctor.checks import Verdict
from kaiga.compose.doctor.judging_checks import check_judging
from kaiga.settings import read_settings

KEY = "sk-ofbothendpoints"


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running_endpoint() as endpoint:
        yield endpoint


def find(endpoint: Endpoint, **changes: str) -> dict[str, tuple[Verdict, str]]:
    settings = {
        "KAIGA_REWRITER": "chat",
        "KAIGA_REWRITER_URL": endpoint.url,
        "KAIGA_REWRITER_MODEL": "qwen3:8b",
        "KAIGA_REWRITER_KEY": KEY,
        "KAIGA_CONTENT_CHECK": "moderation",
        "KAIGA_CONTENT_CHECK_URL": endpoint.url,
        "KAIGA_CONTENT_CHECK_KEY": KEY,
        **changes,
    }
    findings = check_judging(read_settings(settings))
    assert all(KEY not in f"{each.found} {each.hint}" for each in findings)
    return {each.check: (each.verdict, each.found) for each in findings}


def test_endpoints_that_answer_are_well(endpoint: Endpoint):
    endpoint.plan = lambda asked: (
        say("A cat in the sun.") if "messages" in asked.body else judge(flagged=False)
    )

    found = find(endpoint)

    assert {check: verdict for check, (verdict, _) in found.items()} == {
        "Rewriter": Verdict.OK,
        "Content check": Verdict.OK,
    }


@pytest.mark.parametrize(
    ("changes", "rewriter", "check"),
    [
        ({}, Verdict.WARN, Verdict.FAIL),
        ({"KAIGA_REWRITE_FAILURE": "fail"}, Verdict.FAIL, Verdict.FAIL),
        ({"KAIGA_CONTENT_CHECK_FAILURE": "pass"}, Verdict.WARN, Verdict.WARN),
    ],
)
def test_one_that_does_not_is_as_bad_as_what_becomes_of_tasks(
    endpoint: Endpoint, changes: dict[str, str], rewriter: Verdict, check: Verdict
):
    endpoint.plan = lambda _: (401, b"{}")

    found = find(endpoint, **changes)

    told = f"{endpoint.url}: it answered with the status 401"
    assert found == {"Rewriter": (rewriter, told), "Content check": (check, told)}


def test_a_list_of_words_that_is_gone_fails(tmp_path: Path):
    words = str(tmp_path / "words.txt")
    settings = {"KAIGA_CONTENT_CHECK": "words", "KAIGA_CONTENT_CHECK_WORDS": words}

    [finding] = check_judging(read_settings(settings))

    assert (finding.verdict, words in finding.found) == (Verdict.FAIL, True)


def test_where_nothing_is_set_nothing_is_asked():
    assert check_judging(read_settings({})) == []
