"""Notices that come twice or late, and what the emulator shows of what it sent."""

from collections.abc import Iterator

import pytest
from controlling import Tester

from receiving import Receiver, open_receiver
from running import CREATE, MODEL, wait_until


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with open_receiver() as opened:
        yield opened


def submit_told(tester: Tester, url: str) -> str:
    """Create a task that names an address of its own."""
    order = {"model": MODEL, "input": {"prompt": "a cat"}, "parameters": {"size": "768*768"}}
    headers = {"X-DashScope-Async": "enable", "X-Kaiga-Webhook": url}
    return tester.api.post(CREATE, json=order, headers=headers).json()["output"]["task_id"]


def list_notices(tester: Tester) -> list[dict]:
    return tester.control("GET", "webhooks")["notices"]


def test_what_was_sent_is_shown_with_its_answer(tester: Tester, receiver: Receiver):
    task = submit_told(tester, receiver.url("/plain"))
    [told] = receiver.wait_for("/plain")
    wait_until(lambda: list_notices(tester), "the sending is noted")

    [noted] = list_notices(tester)
    assert (noted["task_id"], noted["url"]) == (task, receiver.url("/plain"))
    assert noted["body"]["data"]["task_id"] == task
    assert noted["headers"]["webhook-id"] == told.headers["webhook-id"]
    assert (noted["answer_status"], noted["fault"]) == (204, None)
    wait_until(
        lambda: tester.control("GET", "webhooks")["deliveries"][0]["state"] == "DELIVERED",
        "the log has it delivered",
    )


def test_a_notice_can_come_twice_under_the_same_id(tester: Tester, receiver: Receiver):
    tester.fault("duplicate-notice", times=1)

    submit_told(tester, receiver.url("/twice"))

    first, second = receiver.wait_for("/twice", 2)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    wait_until(lambda: len(list_notices(tester)) == 2, "both are noted")
    assert {each["fault"]["kind"] for each in list_notices(tester)} == {"duplicate-notice"}


def test_a_notice_can_come_late_and_does_come(tester: Tester, receiver: Receiver):
    tester.fault("late-notice", seconds=0.5)
    task = submit_told(tester, receiver.url("/late"))

    [told] = receiver.wait_for("/late")

    assert task in told.body.decode()
    [fault] = tester.faults()
    assert (fault["seen"], fault["fired"]) == (1, 1)
    [delivery] = tester.control("GET", "webhooks")["deliveries"]
    assert delivery["is_of_task"] is True


def test_a_held_notice_says_why_it_waits(tester: Tester, receiver: Receiver):
    tester.fault("late-notice", seconds=600)
    submit_told(tester, receiver.url("/never"))

    def is_held() -> bool:
        deliveries = tester.control("GET", "webhooks")["deliveries"]
        return bool(deliveries) and "fault" in deliveries[0]["trouble"]

    wait_until(is_held, "the delivery is held")
    assert receiver.told_at("/never") == []
    assert list_notices(tester) == []
