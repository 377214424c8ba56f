"""Twenty tests of a program that calls the API: what it does on good days and on bad ones."""

from collections.abc import Callable
from pathlib import Path

import dashscope
import pytest
from dashscope import ImageSynthesis, VideoSynthesis
from posters import MODEL, TRIES, NoPoster, order, save, wait_for_links

from kaiga.testing import EmulatorControl

PNG = b"\x89PNG\r\n\x1a\n"
Sleep = Callable[[float], None]


def status_of(task_id: str) -> str:
    return ImageSynthesis.fetch(task_id).output.task_status


def creates(emulator: EmulatorControl) -> list[dict]:
    return [each for each in emulator.requests() if each["path"].endswith("/image-synthesis")]


# Good days


def test_a_poster_is_ordered_and_saved(tmp_path: Path, sleep: Sleep):
    [link] = wait_for_links(order("a lighthouse at dusk"), sleep=sleep)

    assert save(link, tmp_path).read_bytes().startswith(PNG)


def test_as_many_posters_come_as_were_ordered(sleep: Sleep):
    assert len(wait_for_links(order("a red kite", count=3), sleep=sleep)) == 3


def test_the_same_order_gives_the_same_bytes(tmp_path: Path, sleep: Sleep):
    links = [wait_for_links(order("a red kite"), sleep=sleep)[0] for _ in range(2)]
    first, second = (save(link, tmp_path).read_bytes() for link in links)

    assert first == second


def test_the_order_is_sent_as_the_service_wants_it(emulator: EmulatorControl):
    order("a red kite", count=2)

    [sent] = creates(emulator)
    assert sent["body"]["model"] == MODEL
    assert sent["body"]["parameters"]["n"] == 2
    assert sent["headers"]["x-dashscope-async"] == "enable"


# Time


def test_a_task_waits_and_runs_for_as_long_as_it_is_told(emulator: EmulatorControl):
    emulator.pace(pending_seconds=20, running_seconds=40)
    emulator.freeze()
    task = order("a red kite")
    seen = [status_of(task)]
    for _ in range(2):
        emulator.advance(seconds=30)
        seen.append(status_of(task))

    assert seen == ["PENDING", "RUNNING", "SUCCEEDED"]


def test_ten_minutes_of_filming_take_no_time_here(emulator: EmulatorControl):
    emulator.pace(running_seconds=600, model="wan2.5-t2v-preview")
    clip = VideoSynthesis.async_call(model="wan2.5-t2v-preview", prompt="the sea", duration=5)
    emulator.advance(minutes=11)

    assert VideoSynthesis.wait(clip).output.task_status == "SUCCEEDED"


def test_a_link_does_not_open_any_more_a_day_later(
    emulator: EmulatorControl, tmp_path: Path, sleep: Sleep
):
    [link] = wait_for_links(order("a red kite"), sleep=sleep)
    emulator.advance(hours=25)

    with pytest.raises(NoPoster, match="LinkGone"):
        save(link, tmp_path)


def test_a_task_is_forgotten_a_day_later(emulator: EmulatorControl, sleep: Sleep):
    task = order("a red kite")
    wait_for_links(task, sleep=sleep)
    emulator.advance(hours=25)

    assert status_of(task) == "UNKNOWN"


def test_a_task_that_waits_is_canceled(emulator: EmulatorControl):
    emulator.pace(pending_seconds=3600)
    task = order("a red kite")
    ImageSynthesis.cancel(task)

    assert status_of(task) == "CANCELED"


# Bad days


def test_a_busy_service_is_asked_again(emulator: EmulatorControl, sleep: Sleep):
    emulator.fault("throttled", times=2)

    assert order("a red kite", sleep=sleep)
    assert len(creates(emulator)) == 3


def test_a_service_that_stays_busy_is_given_up(emulator: EmulatorControl, sleep: Sleep):
    emulator.fault("throttled")

    with pytest.raises(NoPoster, match=r"Throttling\.RateQuota"):
        order("a red kite", sleep=sleep)
    assert len(creates(emulator)) == TRIES


def test_a_refusal_that_is_no_throttling_is_not_tried_again(emulator: EmulatorControl):
    emulator.fault("create-inspection")

    with pytest.raises(NoPoster, match="DataInspectionFailed"):
        order("a red kite")
    assert len(creates(emulator)) == 1


def test_a_poll_that_fails_does_not_lose_the_task(emulator: EmulatorControl, sleep: Sleep):
    task = order("a red kite")
    emulator.fault("error", on="query", status=500, times=2)

    assert len(wait_for_links(task, sleep=sleep)) == 1


def test_a_dropped_answer_to_a_create_leaves_a_second_task(emulator: EmulatorControl):
    emulator.fault("dropped-after", times=1)  # the SDK sends the create again

    order("a red kite")
    assert len(emulator.tasks()) == 2


def test_why_a_task_has_failed_is_told(emulator: EmulatorControl, sleep: Sleep):
    emulator.fault("task-failed", code="InternalError.Timeout")

    with pytest.raises(NoPoster, match=r"InternalError\.Timeout"):
        wait_for_links(order("a red kite"), sleep=sleep)


def test_the_posters_that_passed_inspection_are_kept(emulator: EmulatorControl, sleep: Sleep):
    emulator.fault("result-inspection", result=1)

    assert len(wait_for_links(order("a red kite", count=3), sleep=sleep)) == 2


def test_a_task_that_never_ends_is_given_up(emulator: EmulatorControl, sleep: Sleep):
    emulator.fault("stuck-running")

    with pytest.raises(NoPoster, match="TooSlow"):
        wait_for_links(order("a red kite"), sleep=sleep)


@pytest.mark.parametrize(
    ("kind", "code"),
    [("truncated-file", "Interrupted"), ("wrong-content-type", "NoPicture")],
)
def test_no_half_of_a_poster_is_saved(
    emulator: EmulatorControl, tmp_path: Path, sleep: Sleep, kind: str, code: str
):
    [link] = wait_for_links(order("a red kite"), sleep=sleep)
    emulator.fault(kind)

    with pytest.raises(NoPoster, match=code):
        save(link, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_key_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dashscope, "api_key", "sk-invalid")

    with pytest.raises(NoPoster, match="InvalidApiKey"):
        order("a red kite")
