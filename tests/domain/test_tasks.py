"""What becomes of a task, and where its objects lie."""

import pytest
from msgspec import structs

from domain.samples import MODERATED, make_claim, make_generation, make_result, make_task
from kaiga.domain.generation import LARGEST_SEED, seed_of_result
from kaiga.domain.tasks import (
    Failure,
    Finding,
    Outcome,
    Result,
    TaskStatus,
    attempt_of_object,
    input_object_key,
    is_made,
    make_outcome,
    request_object_key,
    result_object_key,
)

MADE = make_result(make_task())
TIMED_OUT = Failure(code="InternalError.Timeout", message="Timed out.")


@pytest.mark.parametrize(
    ("status", "is_final"),
    [
        ("PENDING", False),
        ("RUNNING", False),
        ("SUCCEEDED", True),
        ("FAILED", True),
        ("CANCELED", True),
        ("UNKNOWN", False),
    ],
)
def test_a_status_is_final_exactly_if_a_task_stays_in_it(status: str, is_final: bool):
    assert TaskStatus(status).is_final is is_final


def test_every_status_is_in_the_table_above():
    assert len(TaskStatus) == 6


def test_one_good_picture_is_enough_to_succeed_and_only_good_ones_are_billed():
    outcome = make_outcome((MODERATED, MADE, TIMED_OUT), {"image_count": 1}, "a longer prompt")

    assert outcome == Outcome(
        status=TaskStatus.SUCCEEDED,
        results=(MODERATED, MADE, TIMED_OUT),
        usage={"image_count": 1},
        actual_prompt="a longer prompt",
    )


def test_with_no_good_picture_the_task_fails_for_the_first_reason_and_bills_nothing():
    outcome = make_outcome((TIMED_OUT, MODERATED), {"image_count": 0}, "a longer prompt")

    assert outcome == Outcome(
        status=TaskStatus.FAILED, results=(TIMED_OUT, MODERATED), failure=TIMED_OUT
    )


def test_a_judgement_alone_is_a_success():
    outcome = make_outcome((MODERATED, Finding(findings={"code": "x"})), {}, None)

    assert outcome.status is TaskStatus.SUCCEEDED


@pytest.mark.parametrize(
    ("result", "counts"),
    [
        (MADE, True),
        (structs.replace(MADE, part="svg"), False),
        (Finding(findings={}), True),
        (TIMED_OUT, False),
    ],
)
def test_what_was_asked_for_is_told_apart_from_files_beside_it_and_from_failures(
    result: Result, counts: bool
):
    assert is_made(result) is counts


def test_objects_of_two_attempts_or_pictures_never_share_a_key():
    task = make_task()
    first, second = make_claim(task, 1).task, make_claim(task, 2).task
    keys = [
        result_object_key(first, 0),
        result_object_key(first, 1),
        result_object_key(second, 0),
        request_object_key(task.account, task.id),
        input_object_key(task.account, task.id, 0),
        input_object_key(task.account, task.id, 1),
    ]

    assert keys[0] == f"{task.account}/{task.id}/1/0"
    assert len(set(keys)) == len(keys)


def test_an_object_is_of_an_attempt_exactly_if_it_is_a_result():
    task = make_claim(make_task(), 3).task

    assert attempt_of_object(result_object_key(task, 0)) == (task.id, 3)
    assert attempt_of_object(input_object_key(task.account, task.id, 0)) is None
    assert attempt_of_object(request_object_key(task.account, task.id)) is None


def test_seeds_count_up_from_picture_to_picture_and_wrap():
    generation = make_generation(seed=LARGEST_SEED - 1)

    assert [seed_of_result(generation, index) for index in range(4)] == [
        LARGEST_SEED - 1,
        LARGEST_SEED,
        0,
        1,
    ]
