"""When a task of the emulator is to begin and to end, and how: decided at its submission."""

from datetime import datetime

import msgspec

from kaiga.domain.emulation.fates import TaskFate
from kaiga.domain.emulation.paces import Pace
from kaiga.domain.ids import AccountId
from kaiga.domain.tasks import Task, TaskStatus


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Both instants are by the account's own calendar; a stuck task does not reach them."""

    account: AccountId
    fate: TaskFate
    starts_at: datetime
    ends_at: datetime

    @property
    def is_stuck(self) -> bool:
        """Tell whether the task never ends by itself."""
        return self.fate.stuck_in is not None

    @property
    def never_starts(self) -> bool:
        """Tell whether the task stays PENDING."""
        return self.fate.stuck_in is TaskStatus.PENDING

    def find_end(self, status: TaskStatus, now: datetime) -> datetime:
        """Give when a task ended that has come to `status` just now.

        That is when it was to end, even where the clock has been moved past that since; what was
        canceled, or failed before its time, ended now. A clock that was set back meanwhile ends
        no task before it began.
        """
        ended_at = now if status is TaskStatus.CANCELED else min(now, self.ends_at)
        return max(ended_at, self.starts_at)


def make_course(task: Task, pace: Pace, fate: TaskFate) -> Course:
    """Set the course of a task: the same task, pace and fate have the same one."""
    seed = 0 if task.generation is None else task.generation.seed
    pending, running = pace.draw(seed)
    starts_at = task.submitted_at + pending
    return Course(account=task.account, fate=fate, starts_at=starts_at, ends_at=starts_at + running)
