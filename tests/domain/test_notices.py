"""Events and their signatures, and when a notice is tried again."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook

from domain.samples import ACCOUNT, OTHER_ACCOUNT, SECRET, START, after, make_task
from kaiga.domain.lifetimes import find_next_notice_try, horizon_of_notices
from kaiga.domain.notices import (
    Notice,
    derive_task_secret,
    draw_webhook_secret,
    make_event,
    name_event,
    sign_event,
)
from kaiga.domain.tasks import TaskStatus

BEIJING = timezone(timedelta(hours=8))
FIVE_SECONDS = timedelta(seconds=5)


def make_notice(status: TaskStatus = TaskStatus.SUCCEEDED, number: int = 0) -> Notice:
    task = make_task(number)
    return Notice(
        task_id=task.id,
        status=status,
        account=ACCOUNT,
        key_id=task.key_id,
        request_id=task.request_id,
        region=task.region,
        operation=task.operation,
        model=task.model,
        started_at=START,
        ended_at=after(22_010),
    )


def test_an_event_has_the_form_of_the_contract():
    notice = make_notice()

    assert json.loads(make_event(notice, BEIJING)) == {
        "id": name_event(notice.task_id),
        "specversion": "1.0",
        "source": "acs.dashscope",
        "type": "dashscope:System:AsyncTaskFinish",
        "time": "2026-05-02T10:00:22.130Z",
        "datacontenttype": "application/json;charset=utf-8",
        "aliyunaccountid": "1000000000000001",
        "aliyunoriginalaccountid": "1000000000000001",
        "aliyunpublishtime": "2026-05-02T10:00:22.130Z",
        "aliyuneventbusname": "default",
        "aliyunregionid": "cn-beijing",
        "data": {
            "task_id": notice.task_id,
            "task_status": "SUCCEEDED",
            "request_id": "0b1f0000-0000-9000-8000-000000000000",
            "api_key_id": "1000001",
            "user_api_unique_key": ("apikey:v1:aigc:text2image:image-synthesis:wan2.5-t2i-preview"),
            "start_time": "2026-05-02 18:00:00",
            "end_time": "2026-05-02 18:00:22",
            "region": "cn-beijing",
            "contain_result": False,
        },
    }


def test_an_event_id_is_one_task_s_alone_and_the_same_each_time():
    first, second = make_task(0).id, make_task(1).id

    assert name_event(first) == name_event(first)
    assert name_event(first) != name_event(second)


@pytest.mark.parametrize(
    "secret",
    [SECRET, draw_webhook_secret(), derive_task_secret(b"pepper", ACCOUNT)],
    ids=["given", "drawn", "derived"],
)
def test_a_signature_is_what_receivers_verify(secret: str):
    body = make_event(make_notice(), BEIJING)

    headers = sign_event(secret, "an-event", body, datetime.now(UTC))

    assert Webhook(secret).verify(body, dict(headers)) == json.loads(body)
    assert headers["webhook-id"] == "an-event"


def test_a_signature_is_that_of_the_library():
    headers = sign_event(SECRET, "an-event", b'{"a":1}', START)

    expected = Webhook(SECRET).sign("an-event", START, '{"a":1}')
    assert headers["webhook-signature"] == expected


def test_each_account_and_each_server_has_a_task_secret_of_its_own():
    secrets = {
        derive_task_secret(pepper, account)
        for pepper in (b"pepper", b"other")
        for account in (ACCOUNT, OTHER_ACCOUNT)
    }

    assert len(secrets) == 4
    assert len({draw_webhook_secret() for _ in range(8)}) == 8


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 5), (2, 10), (3, 20), (10, 2560), (11, 3600), (30, 3600), (10_000, 3600)],
)
def test_the_wait_doubles_up_to_an_hour(tries: int, seconds: float):
    again = find_next_notice_try(tries, START, START, FIVE_SECONDS, chance=0.5)

    assert again == START + timedelta(seconds=seconds)


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 4), (1.0, 6)])
def test_chance_moves_a_try_by_a_fifth(chance: float, seconds: float):
    again = find_next_notice_try(1, START, START, FIVE_SECONDS, chance)

    assert again == START + timedelta(seconds=seconds)


def test_a_notice_is_given_up_a_day_after_its_first_try():
    nearly, over = START + timedelta(hours=23), START + timedelta(hours=23, seconds=1)

    assert find_next_notice_try(30, START, nearly, FIVE_SECONDS, chance=0.5) is not None
    assert find_next_notice_try(30, START, over, FIVE_SECONDS, chance=0.5) is None


def test_no_wait_reaches_the_horizon():
    longest = find_next_notice_try(99, START, START, FIVE_SECONDS, chance=1.0)

    assert longest == horizon_of_notices(START)
