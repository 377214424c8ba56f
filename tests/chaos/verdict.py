"""What must hold once the dust has settled, read from the rows, the files and the API itself."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import httpx

from kaiga.domain.lifetimes import count_tries
from kaiga.domain.tasks import AttemptCause
from running import wait_until

_PNG = b"\x89PNG\r\n\x1a\n"
_LINKS_OPENED = 50
RETRIES = 10
"""More than usual: a task may run at every kill of the server."""
_LONGEST_STANDSTILL_SECONDS = 120.0


class Kept(Protocol):
    """Everything that is kept, looked at without going through Kaiga."""

    def select(self, query: str) -> list[tuple[object, ...]]:
        """Read committed rows."""
        ...

    def list_objects(self) -> set[str]:
        """Give the keys of all objects."""
        ...

    def read_object(self, key: str) -> bytes: ...


class KeptInFiles:
    """What one server keeps in a folder: the database `kaiga.db` and the folder `objects`."""

    def __init__(self, folder: Path) -> None:
        self._database = folder / "kaiga.db"
        self._objects = folder / "objects"

    def select(self, query: str) -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()

    def list_objects(self) -> set[str]:
        paths = self._objects.rglob("*")
        return {str(path.relative_to(self._objects)) for path in paths if path.is_file()}

    def read_object(self, key: str) -> bytes:
        return (self._objects / key).read_bytes()


class Verdict:
    """Looks at everything that a server has kept, and names what is not as it must be."""

    def __init__(self, client: Callable[[], httpx.Client], kept: Kept) -> None:
        self._client = client
        self._kept = kept

    def check(self, accepted: Sequence[str]) -> None:
        """Wait until all work is done, then hold every task against the promises."""
        self._wait_for_all_ends()
        self._check_tasks(accepted)
        self._check_attempts()
        self._check_files()
        self._check_links(accepted)

    def _wait_for_all_ends(self) -> None:
        """However many they are and however slow the machine: some must end all the time."""
        left = self._count_unfinished()
        while left:
            before = left

            def has_fewer(before: int = before) -> bool:
                return self._count_unfinished() < before

            wait_until(has_fewer, f"some of {before} tasks have ended", _LONGEST_STANDSTILL_SECONDS)
            left = self._count_unfinished()

    def _count_unfinished(self) -> int:
        return len(self._kept.select("SELECT id FROM tasks WHERE status IN ('PENDING', 'RUNNING')"))

    def _check_tasks(self, accepted: Sequence[str]) -> None:
        statuses = {
            str(task): status for task, status in self._kept.select("SELECT id, status FROM tasks")
        }
        lost = set(accepted) - set(statuses)
        assert not lost, f"accepted and not there: {sorted(lost)[:5]}"
        assert set(statuses.values()) <= {"SUCCEEDED", "FAILED"}
        made = sorted(task for task, status in statuses.items() if status == "SUCCEEDED")
        for table in ("usage_ledger", "results"):
            assert self._list_tasks_of(table) == made, f"{table}: one row for each task made"
        assert self._list_tasks_of("outbox") == [], "outbox: nobody is to be told"

    def _check_attempts(self) -> None:
        """Attempts are numbered without a gap, end with a cause but for the last, and FAILED is
        only what has had all its tries."""
        query = "SELECT task_id, attempt, cause, ended_ms FROM attempts ORDER BY task_id, attempt"
        attempts: dict[str, list[tuple[object, ...]]] = {}
        for task, *attempt in self._kept.select(query):
            attempts.setdefault(str(task), []).append(tuple(attempt))
        for task, status, last in self._kept.select("SELECT id, status, attempt FROM tasks"):
            tried = attempts[str(task)]
            causes = [cause for _, cause, _ in tried]
            assert [number for number, *_ in tried] == list(range(1, int(str(last)) + 1)), task
            assert all(ended is not None for *_, ended in tried), task
            assert None not in causes[:-1], (task, causes)
            assert (causes[-1] is None) == (status == "SUCCEEDED"), (task, status, causes)
            if status == "FAILED":
                tries = count_tries(AttemptCause(str(causes[-1])), RETRIES)
                assert causes.count(causes[-1]) == tries, (task, causes)

    def _check_files(self) -> None:
        named = {str(row[0]) for row in self._kept.select("SELECT object_key FROM results")}
        wait_until(
            lambda: self._kept.list_objects() == named,
            "no orphan is left after a sweep",
            _LONGEST_STANDSTILL_SECONDS,
        )
        for key in named:
            assert self._kept.read_object(key)[: len(_PNG)] == _PNG, key

    def _check_links(self, accepted: Sequence[str]) -> None:
        with self._client() as client:
            for task_id in accepted[:: max(1, len(accepted) // _LINKS_OPENED)]:
                output = client.get(f"/tasks/{task_id}").json()["output"]
                if output["task_status"] == "SUCCEEDED":
                    assert httpx.get(output["results"][0]["url"]).content[: len(_PNG)] == _PNG

    def describe(self) -> str:
        """Tell how tasks ended and why attempts did not end them."""
        statuses = Counter(str(row[0]) for row in self._kept.select("SELECT status FROM tasks"))
        causes = Counter(str(row[0]) for row in self._kept.select("SELECT cause FROM attempts"))
        del causes["None"]
        return f"tasks {dict(statuses)}, attempts that were cut short {dict(causes)}"

    def _list_tasks_of(self, table: str) -> list[str]:
        rows = self._kept.select(f"SELECT task_id FROM {table}")  # noqa: S608  ours
        return sorted(str(row[0]) for row in rows)
