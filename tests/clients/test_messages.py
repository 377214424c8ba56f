"""Pictures ordered by messages through the official SDK: at once, as a task, as a stream."""

from pathlib import Path

import pytest

from clients.opening import open_picture, size_of_png
from clients.programs import SDKS, Report, run_program
from running import RunningKaiga

HAVE_IMAGE_GENERATION = [sdk for sdk in SDKS if sdk != "1.24"]


@pytest.fixture(scope="module", params=SDKS)
def talked(server: RunningKaiga, pictures: Path, request: pytest.FixtureRequest) -> Report:
    return run_program("conversations", server, pictures, sdk=request.param)


@pytest.fixture(scope="module", params=HAVE_IMAGE_GENERATION)
def generated(server: RunningKaiga, pictures: Path, request: pytest.FixtureRequest) -> Report:
    return run_program("image_generation", server, pictures, sdk=request.param)


class TestConversations:
    @pytest.mark.parametrize(
        ("told", "size"),
        [("painted", (1472, 1104)), ("turbo", (1024, 768)), ("in_a_loop", (768, 1024))],
    )
    def test_a_picture_is_painted_at_once(self, talked: Report, told: str, size: tuple[int, int]):
        assert [size_of_png(url) for url in talked[told]["urls"]] == [size]
        assert talked[told]["usage"]["image_count"] == 1

    def test_a_local_picture_is_edited_at_once(self, talked: Report):
        (url,) = talked["edited"]["urls"]

        picture = open_picture(url)
        assert picture.width > picture.height

    def test_the_turbo_says_its_prompt_after_the_picture(self, talked: Report):
        assert talked["turbo"]["kinds"] == ["image", "text"]

    def test_a_bad_size_is_refused_at_once(self, talked: Report):
        assert talked["refused"]["http_status"] == 400
        assert talked["refused"]["code"] == "InvalidParameter"
        assert talked["refused"]["message"]


class TestImageGeneration:
    def test_a_call_paints_at_once(self, generated: Report):
        (url,) = generated["at_once"]["urls"]

        assert size_of_png(url) == (960, 1696)

    def test_a_local_picture_is_edited_at_once(self, generated: Report):
        (url,) = generated["edited"]["urls"]

        assert size_of_png(url) == (1280, 960)

    def test_a_task_paints_every_picture(self, generated: Report):
        assert generated["created"]["task_status"] == "PENDING"
        assert generated["waited"]["status"] == "SUCCEEDED"
        assert [size_of_png(url) for url in generated["waited"]["urls"]] == [(1280, 1280)] * 2
        assert len(generated["fetched"]["urls"]) == 2

    def test_a_task_is_listed_and_not_cancelled_late(self, generated: Report):
        assert generated["task_id"] in generated["listed"]
        assert generated["late_cancel"]["code"] == "UnsupportedOperation"

    def test_a_task_is_waited_for_within_a_loop(self, generated: Report):
        assert [size_of_png(url) for url in generated["in_a_loop"]["urls"]] == [(1280, 1280)]

    def test_a_tale_comes_in_parts_of_texts_and_pictures(self, generated: Report):
        parts = generated["tale"]

        assert [kind for part in parts for kind in part["kinds"]] == ["text", "image"] * 2
        assert [part["finish"] for part in parts[:-1]] == [["null"]] * 3
        assert parts[-1]["finish"] == ["stop"]
        assert [size_of_png(url) for part in parts for url in part["urls"]] == [(1280, 1280)] * 2
        assert all(text for part in parts for text in part["texts"])

    def test_a_tale_that_breaks_a_rule_is_an_error_in_the_stream(self, generated: Report):
        (refusal,) = generated["refused_tale"]

        assert refusal["http_status"] == 400
        assert refusal["code"] == "InvalidParameter"
        assert refusal["message"]


class TestNewClient:
    def test_pictures_are_painted_and_edited_at_once_and_as_a_task(
        self, server: RunningKaiga, pictures: Path
    ):
        told = run_program("messages_new_client", server, pictures)

        assert [size_of_png(url) for url in told["at_once"]["urls"]] == [(960, 1696)] * 2
        assert [size_of_png(url) for url in told["edited"]["urls"]] == [(1280, 960)]
        assert told["created"]["status"] == "PENDING"
        assert [size_of_png(url) for url in told["waited"]["urls"]] == [(1280, 1280)]
