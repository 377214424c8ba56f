"""Reports of usage: which days they have, and what they tell apart."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from domain.samples import ACCOUNT, OTHER_ACCOUNT
from fakes import SetCalendar
from kaiga.domain.errors import FieldInvalid
from kaiga.domain.ids import AccountId, KeyId
from kaiga.domain.usage_report import UsageDimension, Used
from kaiga.service.reading.report_usage import ReportUsage, UsageWanted

CHINA = timezone(timedelta(hours=8))
DAY, MODEL = UsageDimension.DAY, UsageDimension.MODEL


class OneTaskPerSpan:
    """A ledger in which two accounts used a model in every span, and that notes the spans."""

    def __init__(self) -> None:
        self.asked: list[tuple[datetime, datetime]] = []

    async def sum_span(
        self, account: AccountId | None, start: datetime, end: datetime
    ) -> Sequence[Used]:
        self.asked.append((start, end))
        return [
            Used(account=each, key_id=KeyId("1"), model="m", tasks=1, images=2, clips=0, seconds=0)
            for each in (ACCOUNT, OTHER_ACCOUNT)
            if account in {None, each}
        ]


def make(ledger: OneTaskPerSpan) -> ReportUsage:
    late_in_the_evening = datetime(2026, 5, 2, 20, tzinfo=UTC)  # the 3rd in China
    return ReportUsage(ledger=ledger, calendar=SetCalendar(late_in_the_evening), zone=CHINA)


async def test_days_begin_at_midnight_of_the_zone_and_the_last_is_today():
    ledger = OneTaskPerSpan()

    report = await make(ledger)(UsageWanted(account=None, first=date(2026, 5, 2), by=[DAY]))

    assert report.last == date(2026, 5, 3)
    assert ledger.asked == [
        (datetime(2026, 5, 1, 16, tzinfo=UTC), datetime(2026, 5, 2, 16, tzinfo=UTC)),
        (datetime(2026, 5, 2, 16, tzinfo=UTC), datetime(2026, 5, 3, 16, tzinfo=UTC)),
    ]
    assert [(line.day, line.tasks) for line in report.lines] == [
        (date(2026, 5, 2), 2),
        (date(2026, 5, 3), 2),
    ]


async def test_what_is_not_told_apart_is_added_up():
    report = await make(OneTaskPerSpan())(UsageWanted(account=None, by=[MODEL]))

    [line] = report.lines
    assert (line.model, line.day, line.account) == ("m", None, None)
    assert (line.tasks, line.images) == (60, 120)  # 30 days of two accounts


@pytest.mark.parametrize(("days", "counted"), [(1, 2), (7, 14), (10**8, 2 * 366)])
async def test_so_many_days_end_today(days: int, counted: int):
    report = await make(OneTaskPerSpan())(UsageWanted(account=None, days=days, by=[MODEL]))

    assert report.last == date(2026, 5, 3)
    assert report.lines[0].tasks == counted


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), "from must not be after to"),
        (date(2025, 5, 1), date(2026, 5, 2), "at most 366 days"),
    ],
)
async def test_days_that_can_not_be_are_refused(first: date, last: date, told: str):
    with pytest.raises(FieldInvalid, match=told):
        await make(OneTaskPerSpan())(UsageWanted(account=None, first=first, last=last, by=[DAY]))
