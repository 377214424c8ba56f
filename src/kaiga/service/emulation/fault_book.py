"""The faults that are set, by account, and the decision at which occasions they act."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from kaiga.domain.emulation.fates import USUAL_FATE, TaskFate
from kaiga.domain.emulation.faults import Fault, FaultPoint, Occasion
from kaiga.domain.errors import FaultUnknown, FieldInvalid
from kaiga.domain.ids import AccountId
from kaiga.domain.tasks import Failure, Task, TaskStatus
from kaiga.ports.clock import Calendar
from kaiga.service.recent import Recent

MOST_FAULTS = 100
"""Of one account at once."""
_MOST_ACCOUNTS = 4096
"""With faults, at once; beyond, the account that came first is back to usual."""

_STUCK = {"stuck-pending": TaskStatus.PENDING, "stuck-running": TaskStatus.RUNNING}


@dataclass(slots=True, kw_only=True)
class SetFault:
    """A fault of one account; `seen` counts the calls of its scope, `fired` those it acted at.

    `expires_at` is an instant of the machine's calendar, whatever the account's clock shows, so
    that a frozen clock keeps no fault alive; None is never.
    """

    id: str
    fault: Fault
    expires_at: datetime | None
    seen: int = 0
    fired: int = 0

    def has_expired(self, now: datetime) -> bool:
        """Tell whether it has healed."""
        return self.expires_at is not None and now >= self.expires_at

    def take(self, *, may_act: bool) -> bool:
        """Count one call of the scope; tells whether the fault acts at it."""
        self.seen += 1
        is_spent = self.fault.times is not None and self.fired >= self.fault.times
        if not may_act or is_spent or not self.fault.acts_at(self.seen):
            return False
        self.fired += 1
        return True


class FaultBook:
    """Every account has faults of its own, and those of the start as its own as well.

    Faults live in memory alone. They are `complete_fault`s.
    """

    def __init__(self, machine: Calendar, at_start: Sequence[Fault] = ()) -> None:
        self._machine = machine
        self._at_start = tuple(at_start)
        self._set: Recent[AccountId, list[SetFault]] = Recent(_MOST_ACCOUNTS)
        self._numbers = count(1)

    def add(self, account: AccountId, faults: Iterable[Fault]) -> Sequence[SetFault]:
        """Set faults for an account, behind those that it has: all of them or none.

        Raises:
            FieldInvalid: the account would have too many.
        """
        here = self._find_faults(account)
        new = self._make_set(faults)
        if len(here) + len(new) > MOST_FAULTS:
            raise FieldInvalid(f"An account can have at most {MOST_FAULTS} faults at once.")
        self._set.put(account, [*here, *new])
        return new

    def list_of(self, account: AccountId) -> Sequence[SetFault]:
        """Give the faults of an account that have not healed, in the order of their setting."""
        return tuple(self._find_faults(account))

    def remove(self, account: AccountId, fault_id: str) -> None:
        """Take one fault away.

        Raises:
            FaultUnknown: the account has none of that id, or it has healed.
        """
        here = self._find_faults(account)
        left = [each for each in here if each.id != fault_id]
        if len(left) == len(here):
            raise FaultUnknown
        self._set.put(account, left)

    def remove_all(self, account: AccountId) -> None:
        """Take all faults of an account away, those of the start too."""
        self._set.put(account, [])

    def reset(self, account: AccountId) -> None:
        """Bring an account back to where the start has it."""
        self._set.forget(account)

    def draw(self, account: AccountId, occasion: Occasion) -> SetFault | None:
        """Count something that happens, and give the fault that acts at it: the first that does.

        Every fault with it in its scope has seen it then, also where another one acts.
        """
        acting = None
        for each in self._find_faults(account):
            if each.fault.covers(occasion) and each.take(may_act=acting is None):
                acting = each
        return acting

    def choose_fate(self, task: Task) -> TaskFate:
        """Decide what becomes of a new task; to be asked once for each.

        Several faults act together where they can; of those that decide the whole, the first.
        """
        occasion = Occasion(point=FaultPoint.TASK, model=task.model, operation=task.operation)
        acting = [
            each.fault
            for each in self._find_faults(task.account)
            if each.fault.covers(occasion) and each.take(may_act=True)
        ]
        return _make_fate(acting) if acting else USUAL_FATE

    def _find_faults(self, account: AccountId) -> list[SetFault]:
        here = self._set.find(account)
        if here is None:
            if not self._at_start:
                return []
            here = self._make_set(self._at_start)
            self._set.put(account, here)
        now = self._machine.real_now()
        if any(each.has_expired(now) for each in here):
            here = [each for each in here if not each.has_expired(now)]
            self._set.put(account, here)
        return here

    def _make_set(self, faults: Iterable[Fault]) -> list[SetFault]:
        now = self._machine.real_now()
        return [
            SetFault(
                id=f"fault-{next(self._numbers)}",
                fault=fault,
                expires_at=now + timedelta(seconds=life)
                if (life := fault.expires_after_seconds)
                else None,
            )
            for fault in faults
        ]


def _make_fate(acting: Sequence[Fault]) -> TaskFate:
    stuck_in: TaskStatus | None = None
    failure: Failure | None = None
    failed_results: dict[int, Failure] = {}
    for fault in acting:
        if fault.kind in _STUCK:
            stuck_in = stuck_in or _STUCK[fault.kind]
        elif fault.result is None:
            failure = failure or _make_failure(fault)
        else:
            failed_results.setdefault(fault.result, _make_failure(fault))
    return TaskFate(stuck_in=stuck_in, failure=failure, failed_results=failed_results)


def _make_failure(fault: Fault) -> Failure:
    return Failure(code=fault.code or "", message=fault.message or "")
