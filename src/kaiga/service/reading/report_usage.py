"""Reports what was used, day by day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from kaiga.domain.errors import FieldInvalid
from kaiga.domain.ids import AccountId
from kaiga.domain.usage_report import UsageDimension, UsageLine, sum_up
from kaiga.ports.clock import Calendar
from kaiga.ports.usage_ledger import UsageLedger

USUAL_DAYS = 30
MOST_DAYS = 366
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageWanted:
    """What to report: days from `first` to `last`, both in it.

    Without `last` it ends today, without `first` it has `days`; without `account` it is that of
    everybody.
    """

    account: AccountId | None
    first: date | None = None
    last: date | None = None
    days: int = USUAL_DAYS
    by: Collection[UsageDimension]


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """A report, and the days that it covers."""

    first: date
    last: date
    lines: Sequence[UsageLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUsage:
    """The use case; days begin at midnight of `zone`."""

    ledger: UsageLedger
    calendar: Calendar
    zone: tzinfo

    async def __call__(self, wanted: UsageWanted) -> UsageReport:
        """Give the report.

        A day is read at a time, so that other reads come in between.

        Raises:
            FieldInvalid: the days end before they begin, or are more than 366.
            StoreUnavailable: the store did not answer.
        """
        last = wanted.last or self.calendar.real_now().astimezone(self.zone).date()
        first = wanted.first or last - timedelta(days=min(wanted.days, MOST_DAYS) - 1)
        if first > last:
            raise FieldInvalid("from must not be after to.")
        if (last - first).days >= MOST_DAYS:
            raise FieldInvalid(
                f"from and to may be at most {MOST_DAYS} days together, both counted."
            )
        by_day = {
            day: await self.ledger.sum_span(
                wanted.account, self._begin(day), self._begin(day + _ONE_DAY)
            )
            for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
        }
        return UsageReport(first=first, last=last, lines=sum_up(by_day, wanted.by))

    def _begin(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)
