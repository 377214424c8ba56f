"""Clips through the official SDK, in every version and surface that makes them."""

from pathlib import Path

import pytest

from clients.opening import is_about, open_film
from clients.programs import SDKS, Report, run_program
from running import RunningKaiga

TEAL, MAROON = (0, 128, 128), (128, 0, 0)
each_sdk = pytest.mark.parametrize("sdk", SDKS)


@pytest.fixture(scope="module", params=SDKS)
def classic(server: RunningKaiga, pictures: Path, request: pytest.FixtureRequest) -> Report:
    return run_program("filming", server, pictures, sdk=request.param)


@pytest.fixture(scope="module")
def new_client(server: RunningKaiga, idle_server: RunningKaiga, pictures: Path) -> Report:
    return run_program("filming_new_client", server, pictures, idle_server.api_url)


class TestClassic:
    def test_words_become_a_clip_of_the_size_asked_for(self, classic: Report):
        film = open_film(classic["from_words"]["url"])

        assert (film.width, film.height) == (480, 832)
        assert film.seconds == pytest.approx(5, abs=0.2)
        assert film.first.std() > 5

    def test_a_clip_begins_with_the_picture_that_was_given(self, classic: Report):
        film = open_film(classic["from_a_picture"]["url"])

        assert film.height > film.width
        assert is_about(film.first, MAROON)

    def test_a_clip_goes_from_the_first_picture_to_the_last(self, classic: Report):
        film = open_film(classic["between"]["url"])

        assert film.width > film.height
        assert is_about(film.first, TEAL)
        assert is_about(film.last, MAROON)

    def test_a_new_task_is_pending_and_then_found_again(self, classic: Report):
        assert classic["created"]["status"] == "PENDING"
        assert classic["fetched"]["status"] == "SUCCEEDED"
        assert classic["task_id"] in classic["listed"]

    def test_a_finished_clip_is_not_cancelled(self, classic: Report):
        assert classic["late_cancel"]["http_status"] == 400
        assert classic["late_cancel"]["code"] == "UnsupportedOperation"

    def test_the_usage_counts_clips_in_whole_numbers(self, classic: Report):
        for told in ("from_words", "from_a_picture", "between"):
            usage = classic[told]["usage"]
            assert usage["video_count"] == 1
            assert type(usage["video_duration"]) is int


@each_sdk
def test_a_clip_is_made_from_within_a_loop(server: RunningKaiga, pictures: Path, sdk: str):
    told = run_program("filming_asyncio", server, pictures, sdk=sdk)

    assert told["created"]["status"] == "PENDING"
    assert told["fetched"]["url"]
    assert is_about(open_film(told["waited"]["url"]).first, MAROON)


class TestNewClient:
    def test_a_clip_begins_with_the_picture_that_was_given(self, new_client: Report):
        filmed = new_client["filmed"]

        assert filmed["status"] == "SUCCEEDED"
        assert is_about(open_film(filmed["url"]).first, MAROON)
        assert filmed["usage"]["video_count"] == 1

    def test_a_waiting_clip_is_cancelled_and_listed(self, new_client: Report):
        queued = new_client["queued"]

        assert queued["created"]["status"] == "PENDING"
        assert queued["after"]["status"] == "CANCELED"
        assert queued["task_id"] in queued["listed"]
