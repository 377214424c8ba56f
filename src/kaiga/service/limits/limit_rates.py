"""Turns away calls that come faster than they may."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kaiga.domain.errors import RateExceeded
from kaiga.domain.keys import Principal
from kaiga.domain.limits import LimitBook, Limits
from kaiga.domain.rates import Counted, Rate, Rates, whole_seconds
from kaiga.ports.clock import LeaseClock


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRates:
    """Counts submissions by account and model, queries by account, and both by key.

    A call that is turned away counts for nothing. `rates` are this process's own, or hold over
    all nodes (`SharedRates`).
    """

    book: LimitBook
    clock: LeaseClock
    rates: Rates = field(default_factory=Rates)

    def admit_submission(self, principal: Principal, model: str) -> None:
        """Let a submission for a model of the catalogue pass, and count it.

        Raises:
            RateExceeded: it comes too soon.
        """
        book = self.book
        if not book.limits_submissions:
            return
        account, key_id = principal.account, principal.key_id
        self._admit(
            (
                *_submissions(("model", account, model), book.find_limits(account, model)),
                *_submissions(("key", key_id), book.find_key_limits(key_id)),
            )
        )

    def admit_query(self, principal: Principal) -> None:
        """Let a query of a task pass, and count it.

        Raises:
            RateExceeded: it comes too soon.
        """
        book = self.book
        if not book.limits_queries:
            return
        account, key_id = principal.account, principal.key_id
        self._admit(
            (
                *_queries(("queries", account), book.find_limits(account, None)),
                *_queries(("queries of", key_id), book.find_key_limits(key_id)),
            )
        )

    def _admit(self, counted: Iterable[Counted]) -> None:
        wait = self.rates.take(tuple(counted), self.clock.now())
        if wait > 0:
            raise RateExceeded(whole_seconds(wait))


def _submissions(subject: tuple[str, ...], limits: Limits) -> Iterator[Counted]:
    if limits.submissions_per_second is not None:
        yield Counted(subject, Rate(limits.submissions_per_second, 1))
    if limits.submissions_per_minute is not None:
        yield Counted(subject, Rate(limits.submissions_per_minute, 60))


def _queries(subject: tuple[str, ...], limits: Limits) -> Iterator[Counted]:
    if limits.queries_per_second is not None:
        yield Counted(subject, Rate(limits.queries_per_second, 1))
