"""How long things live and how often they are tried, as tables and laws."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.samples import START
from kaiga.domain.lifetimes import (
    LINK_LIFETIME,
    USUAL_RETRIES,
    count_tries,
    expiry_of_link,
    expiry_of_task,
    failure_after,
    has_tries_left,
)
from kaiga.domain.tasks import AttemptCause, Failure

DAY = timedelta(hours=24)
INTERNAL = "An internal error has occured, please try again later or contact service support."


RETRIED = [AttemptCause.ENGINE_CRASHED, AttemptCause.ENGINE_HUNG, AttemptCause.WORKER_LOST]


@pytest.mark.parametrize(
    ("cause", "retries", "tries"),
    [
        *((cause, USUAL_RETRIES, 3) for cause in RETRIED),
        *((cause, 0, 1) for cause in RETRIED),
        *((cause, 9, 10) for cause in RETRIED),
        (AttemptCause.OBJECTS_UNAVAILABLE, USUAL_RETRIES, 20),
        (AttemptCause.OBJECTS_UNAVAILABLE, 0, 20),
        (AttemptCause.CONTENT_CHECK_AWAY, 0, 20),
    ],
)
def test_a_task_is_tried_so_often_and_no_more(cause: AttemptCause, retries: int, tries: int):
    assert count_tries(cause, retries) == tries
    assert has_tries_left(cause, tries - 1, retries)
    assert not has_tries_left(cause, tries, retries)
    assert not has_tries_left(cause, tries + 1, retries)


def test_a_worker_stopped_on_purpose_never_costs_a_task_its_tries():
    assert has_tries_left(AttemptCause.WORKER_STOPPED, 10**6, 0)


def test_every_cause_but_a_worker_stopped_on_purpose_has_a_limit():
    unlimited = {cause for cause in AttemptCause if count_tries(cause, 2) is None}

    assert unlimited == {AttemptCause.WORKER_STOPPED}


@pytest.mark.parametrize(
    ("cause", "failure"),
    [
        (
            AttemptCause.ENGINE_CRASHED,
            Failure(code="InternalError.Algo", message="inference internal error."),
        ),
        (
            AttemptCause.ENGINE_HUNG,
            Failure(code="InternalError.Algo", message="inference internal error."),
        ),
        (
            AttemptCause.OBJECTS_UNAVAILABLE,
            Failure(code="InternalError.FileUpload", message="oss upload error."),
        ),
        (
            AttemptCause.CONTENT_CHECK_AWAY,
            Failure(
                code="InternalError",
                message="The content check of this server does not answer, please try again later.",
            ),
        ),
        (AttemptCause.WORKER_LOST, Failure(code="InternalError", message=INTERNAL)),
        (AttemptCause.WORKER_STOPPED, Failure(code="InternalError", message=INTERNAL)),
    ],
)
def test_the_last_try_ends_with_the_contract_s_words(cause: AttemptCause, failure: Failure):
    assert failure_after(cause) == failure


@pytest.mark.parametrize("hours", [0, 1, 24, 1000])
def test_retention_counts_from_the_end_of_a_task(hours: int):
    assert expiry_of_task(START, timedelta(hours=hours)) == START + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("asked_after", "expires_after"),
    [
        (timedelta(0), DAY),
        (timedelta(seconds=-5), DAY),
        (DAY - timedelta(microseconds=1), DAY),
        (DAY, 2 * DAY),
        (2 * DAY - timedelta(microseconds=1), 2 * DAY),
        (10 * DAY, 11 * DAY),
    ],
)
def test_a_link_ends_with_the_running_window_of_24_hours(
    asked_after: timedelta, expires_after: timedelta
):
    assert expiry_of_link(START, START + asked_after) == START + expires_after


@given(age=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_a_link_given_out_is_good_and_for_no_longer_than_a_day(age: timedelta):
    now = START + age

    assert now < expiry_of_link(START, now) <= now + LINK_LIFETIME
