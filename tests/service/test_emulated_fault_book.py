"""Which fault acts at what, for whom, and until when."""

from datetime import UTC, datetime, timedelta

import pytest

from fakes import SetCalendar
from kaiga.domain.emulation.fates import USUAL_FATE
from kaiga.domain.emulation.fault_kinds import complete_fault
from kaiga.domain.emulation.faults import Fault, FaultPoint, Occasion
from kaiga.domain.errors import FaultUnknown, FieldInvalid
from kaiga.domain.ids import AccountId, KeyId, RequestId, TaskId, WorkspaceId
from kaiga.domain.tasks import Failure, Task, TaskStatus
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.fault_book import MOST_FAULTS, FaultBook

ANN, BEN = AccountId("ann"), AccountId("ben")
CREATE = Occasion(point=FaultPoint.CREATE, model="wan2.5-t2i-preview")
START = datetime(2026, 5, 1, 10, tzinfo=UTC)


def make(kind: str, **values: object) -> Fault:
    return complete_fault(Fault(kind=kind, **values))  # pyright: ignore[reportArgumentType]


def make_task(account: AccountId = ANN, model: str = "wan2.5-t2i-preview") -> Task:
    return Task(
        id=TaskId("t"),
        account=account,
        workspace=WorkspaceId("w"),
        key_id=KeyId("k"),
        request_id=RequestId("r"),
        model=model,
        catalogue_model=model,
        operation="aigc:text2image:image-synthesis",
        generation=None,
        status=TaskStatus.PENDING,
        submitted_at=START,
    )


@pytest.fixture
def calendar() -> SetCalendar:
    return SetCalendar(START)


@pytest.fixture
def book(calendar: SetCalendar) -> FaultBook:
    return FaultBook(calendar)


def test_another_account_never_sees_it(book: FaultBook):
    book.add(ANN, [make("throttled")])

    assert book.draw(BEN, CREATE) is None
    assert book.draw(ANN, CREATE) is not None


def test_after_so_many_times_it_acts_no_more(book: FaultBook):
    book.add(ANN, [make("throttled", times=2)])

    assert [book.draw(ANN, CREATE) is not None for _ in range(4)] == [True, True, False, False]
    assert (book.list_of(ANN)[0].seen, book.list_of(ANN)[0].fired) == (4, 2)


def test_of_several_the_first_acts_and_all_have_counted(book: FaultBook):
    first, second = book.add(ANN, [make("throttled", times=1), make("error", nth=2)])

    assert book.draw(ANN, CREATE) is first
    assert book.draw(ANN, CREATE) is second


def test_where_two_could_act_the_second_has_only_seen_it(book: FaultBook):
    first, second = book.add(ANN, [make("throttled"), make("error")])

    assert book.draw(ANN, CREATE) is first
    assert (second.seen, second.fired) == (1, 0)


def test_an_expired_fault_heals(book: FaultBook, calendar: SetCalendar):
    book.add(ANN, [make("throttled", expires_after_seconds=5.0)])

    calendar.advance(timedelta(seconds=4.9))
    assert book.draw(ANN, CREATE) is not None
    calendar.advance(timedelta(seconds=0.1))
    assert book.draw(ANN, CREATE) is None
    assert book.list_of(ANN) == ()


def test_the_same_seed_makes_the_same_draw_for_two_accounts(book: FaultBook):
    for account in (ANN, BEN):
        book.add(account, [make("throttled", probability=0.5, seed=7)])

    drawn = {
        account: [book.draw(account, CREATE) is not None for _ in range(50)]
        for account in (ANN, BEN)
    }

    assert drawn[ANN] == drawn[BEN]
    assert 0 < sum(drawn[ANN]) < 50


def test_faults_of_the_start_are_counted_for_each_account_alone(calendar: SetCalendar):
    book = FaultBook(calendar, [complete_fault(Fault(kind="throttled", nth=1), may_last=True)])

    assert book.draw(ANN, CREATE) is not None
    assert book.draw(ANN, CREATE) is None
    assert book.draw(BEN, CREATE) is not None


def test_removing_all_removes_those_of_the_start_and_a_reset_brings_them_back(
    calendar: SetCalendar,
):
    book = FaultBook(calendar, [complete_fault(Fault(kind="throttled"), may_last=True)])

    book.remove_all(ANN)
    assert book.draw(ANN, CREATE) is None
    book.reset(ANN)
    assert book.draw(ANN, CREATE) is not None


def test_one_can_be_removed_by_its_id_and_only_once(book: FaultBook):
    stays, goes = book.add(ANN, [make("throttled"), make("error")])

    book.remove(ANN, goes.id)

    assert book.list_of(ANN) == (stays,)
    with pytest.raises(FaultUnknown):
        book.remove(ANN, goes.id)
    with pytest.raises(FaultUnknown):
        book.remove(BEN, stays.id)


def test_an_account_has_so_many_at_most_and_a_plan_is_set_whole_or_not_at_all(book: FaultBook):
    book.add(ANN, [make("throttled")] * (MOST_FAULTS - 1))

    with pytest.raises(FieldInvalid):
        book.add(ANN, [make("error")] * 2)
    assert len(book.list_of(ANN)) == MOST_FAULTS - 1


@pytest.mark.parametrize(
    ("fault", "stuck_in", "code", "failed"),
    [
        (make("task-failed"), None, "InternalError.Algo", {}),
        (
            make("task-failed", code="InvalidImage.NoHumanFace"),
            None,
            "InvalidImage.NoHumanFace",
            {},
        ),
        (make("task-inspection"), None, "DataInspectionFailed", {}),
        (make("result-inspection", result=2), None, None, {2: "DataInspectionFailed"}),
        (make("stuck-pending"), TaskStatus.PENDING, None, {}),
        (make("stuck-running"), TaskStatus.RUNNING, None, {}),
    ],
)
def test_a_task_gets_the_fate_of_its_fault(
    book: FaultBook,
    fault: Fault,
    stuck_in: TaskStatus | None,
    code: str | None,
    failed: dict[int, str],
):
    book.add(ANN, [fault])

    fate = book.choose_fate(make_task())

    assert fate.stuck_in == stuck_in
    assert (fate.failure.code if fate.failure else None) == code
    assert {index: each.code for index, each in fate.failed_results.items()} == failed


def test_several_results_of_one_task_can_fail(book: FaultBook):
    book.add(ANN, [make("result-inspection", result=0), make("result-inspection", result=3)])

    failed = book.choose_fate(make_task()).failed_results

    words = "Output data may contain inappropriate content."
    assert failed == dict.fromkeys((0, 3), Failure(code="DataInspectionFailed", message=words))


def test_other_tasks_fare_as_usual(book: FaultBook):
    book.add(ANN, [make("task-failed", model="wan2.2-t2i-flash"), make("throttled")])

    assert book.choose_fate(make_task()) is USUAL_FATE
    assert book.choose_fate(make_task(account=BEN)) is USUAL_FATE
    assert book.choose_fate(make_task(model="wan2.2-t2i-flash")) is not USUAL_FATE


def test_a_noisy_account_takes_nothing_from_the_log_of_another():
    log = AccountLog[int](most_of_an_account=50, most_bytes=100)
    log.add(BEN, 0, 10)

    for number in range(100):
        log.add(ANN, number, 10)

    assert log.list_of(BEN) == [0]
    assert log.list_of(ANN) == list(range(91, 100))


def test_a_log_keeps_the_latest_of_an_account_and_forgets_on_demand():
    log = AccountLog[int](most_of_an_account=3)
    for number in range(5):
        log.add(ANN, number, 1)
        log.add(BEN, number, 1)

    assert log.list_of(ANN) == [2, 3, 4]
    log.clear(ANN)
    assert log.list_of(ANN) == []
    assert log.list_all() == [2, 3, 4]
