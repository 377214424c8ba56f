"""The official Python SDK, unmodified, in its four surfaces and three versions.

Each runs as a user's program in a process of its own (`scripts/`); the tests read what the
program met.
"""

from collections.abc import Callable

import pytest

from clients.opening import size_of_png
from clients.programs import NEWEST, SDKS, Report, run_program
from running import RunningKaiga

NEW_SURFACES = [f"new_client {NEWEST}", f"new_client_asyncio {NEWEST}"]
SURFACES = [
    *(f"{surface} {sdk}" for surface in ("classic", "classic_asyncio") for sdk in SDKS),
    *NEW_SURFACES,
]
CANCELS_BY_GET = "classic_asyncio 1.24"
REWRITTEN_PROMPT = "a lighthouse at dusk"


@pytest.fixture(scope="session")
def painted(server: RunningKaiga) -> Callable[[str], Report]:
    return remembered(lambda surface: run(surface, "paint", server))


@pytest.fixture(scope="session")
def queued(idle_server: RunningKaiga) -> Callable[[str], Report]:
    return remembered(lambda surface: run(surface, "queue", idle_server))


def run(surface: str, kind: str, server: RunningKaiga) -> Report:
    name, sdk = surface.split()
    return run_program(name, server, kind, sdk=sdk)


def remembered(ask: Callable[[str], Report]) -> Callable[[str], Report]:
    reports: dict[str, Report] = {}

    def find_or_run(surface: str) -> Report:
        if surface not in reports:
            reports[surface] = ask(surface)
        return reports[surface]

    return find_or_run


@pytest.mark.parametrize("surface", SURFACES)
class TestPainting:
    def test_a_new_task_is_pending(self, surface, painted):
        assert painted(surface)["created"]["status"] == "PENDING"

    def test_waiting_ends_with_one_picture_of_the_size_asked_for(self, surface, painted):
        waited = painted(surface)["waited"]

        assert waited["status"] == "SUCCEEDED"
        assert [size_of_png(url) for url in waited["urls"]] == [(768, 768)]

    def test_asking_again_shows_the_same_end(self, surface, painted):
        report = painted(surface)

        assert report["fetched"]["status"] == "SUCCEEDED"
        assert len(report["fetched"]["urls"]) == 1

    def test_one_call_creates_waits_and_gives_every_picture(self, surface, painted):
        called = painted(surface)["called"]

        assert called["status"] == "SUCCEEDED"
        assert len(set(called["urls"])) == 2
        assert [size_of_png(url) for url in called["urls"]] == [(1472, 1104)] * 2

    def test_the_usage_counts_the_pictures(self, surface, painted):
        assert painted(surface)["called"]["usage"]["image_count"] == 2

    def test_the_rewritten_prompt_is_told_where_rewriting_is_on(self, surface, painted):
        report = painted(surface)

        for prompt in report["called"]["actual_prompts"]:
            assert prompt.startswith(REWRITTEN_PROMPT)
            assert len(prompt) > len(REWRITTEN_PROMPT)
        assert report["waited"]["actual_prompts"] == [None]

    def test_a_size_out_of_range_fails_the_task(self, surface, painted):
        failed = painted(surface)["failed"]

        assert failed["code"] == "InvalidParameter"
        assert "10000" in failed["message"]

    def test_an_unknown_task_is_unknown_and_no_error(self, surface, painted):
        assert painted(surface)["unknown"]["status"] == "UNKNOWN"

    def test_a_wrong_key_is_refused(self, surface, painted):
        refusal = painted(surface)["wrong_key"]

        assert refusal["http_status"] == 401
        assert refusal["code"] == "InvalidApiKey"
        assert refusal["message"].startswith("Invalid API-key provided.")

    def test_an_unknown_model_is_refused(self, surface, painted):
        refusal = painted(surface)["unknown_model"]

        assert refusal["http_status"] == 400
        assert refusal["code"] == "InvalidParameter"
        assert refusal["message"].startswith("Model not exist.")

    def test_a_finished_task_is_not_cancelled(self, surface, painted):
        refusal = painted(surface)["late_cancel"]

        assert refusal["http_status"] == (404 if surface == CANCELS_BY_GET else 400)
        assert refusal["code"] == (
            "NotFound" if surface == CANCELS_BY_GET else "UnsupportedOperation"
        )

    def test_the_list_shows_the_task(self, surface, painted):
        report = painted(surface)

        assert report["task_id"] in report["listed"]

    def test_the_list_can_be_asked_for_one_status(self, surface, painted):
        report = painted(surface)

        assert report["failed_id"] in report["listed_as_failed"]
        assert report["task_id"] not in report["listed_as_failed"]


@pytest.mark.parametrize("surface", [each for each in SURFACES if each != CANCELS_BY_GET])
class TestQueueing:
    def test_a_task_waits_while_no_worker_is_there(self, surface, queued):
        assert queued(surface)["waiting"]["status"] == "PENDING"

    def test_a_waiting_task_is_cancelled(self, surface, queued):
        report = queued(surface)

        assert report["cancelled"]["http_status"] == 200
        assert report["after"]["status"] == "CANCELED"

    def test_a_cancelled_task_is_listed_as_such(self, surface, queued):
        report = queued(surface)

        assert report["task_id"] in report["listed_as_cancelled"]

    def test_a_cancelled_task_is_not_cancelled_again(self, surface, queued):
        refusal = queued(surface)["second_cancel"]

        assert refusal["http_status"] == 400
        assert refusal["code"] == "UnsupportedOperation"


@pytest.mark.parametrize("surface", NEW_SURFACES)
def test_the_new_clients_raise_the_error_that_fits(surface, painted):
    report = painted(surface)

    assert report["wrong_key"]["raised"] == "AuthenticationError"
    assert report["failed"]["raised"] == "BadRequestError"
    assert report["unknown_model"]["raised"] == "BadRequestError"


def test_a_cancel_sent_as_a_get_is_refused_and_cancels_nothing(queued):
    """A fault of that client's own (contract/clients.md, 9): it gets an error that it can read."""
    report = queued(CANCELS_BY_GET)

    assert report["cancelled"]["http_status"] == 404
    assert report["cancelled"]["code"] == "NotFound"
    assert report["after"]["status"] == "PENDING"
