"""A whole Kaiga whose wall clock can be set while it runs, as an operator or a bad host does.

A program in the place of `kaiga serve`. Its calendar is ahead by the seconds that stand in the
file `CHAOS_CLOCK`; leases go by another clock, which no one can set.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kaiga.compose.serving import serve
from kaiga.domain.ids import AccountId
from kaiga.settings import read_settings


class ShiftedCalendar:
    """A `Calendar` that is wrong by what a file says."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self, account: AccountId) -> datetime:  # noqa: ARG002  all accounts are as wrong
        return self.real_now()

    def real_now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(self._file.read_text()))


if __name__ == "__main__":
    clock = ShiftedCalendar(Path(os.environ["CHAOS_CLOCK"]))
    serve(read_settings(), lambda *_: None, clock)
