"""The database file: whose it is, which schema it has, and what a kill leaves in it."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import apsw
import pytest

from domain.samples import after, always, make_generation, make_lease, make_new, make_success
from kaiga.domain.errors import StartRefused
from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import Failure, StoredResult, TaskStatus
from kaiga.store.sqlite import SqliteDatabase
from kaiga.store.sqlite.connecting import open_connection
from kaiga.store.sqlite.migrating import list_migrations, migrate
from store.opened import OpenedSqlite

WRITER = Path(__file__).with_name("writing_process.py")
ENOUGH_IDS = 400


def read_schema(path: Path) -> list[tuple[object, ...]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return [
            *connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 2"),
            *connection.execute("PRAGMA user_version"),
            *connection.execute("PRAGMA application_id"),
        ]
    finally:
        connection.close()


def apply(path: Path, scripts: list[str]) -> None:
    connection = open_connection(path)
    for script in scripts:
        connection.execute(script)
    connection.execute(f"PRAGMA user_version = {len(scripts)}")
    if scripts:
        connection.execute("PRAGMA application_id = 0x4B414947")
    connection.close()


@pytest.fixture
def writing_process(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that adds tasks to the database in `tmp_path` and tells each id once it is safe."""
    process = subprocess.Popen(
        [sys.executable, WRITER, tmp_path],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(WRITER.parents[1])},
    )
    yield process
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


class TestSchema:
    @pytest.mark.parametrize("version", range(len(list_migrations()) + 1))
    def test_from_any_version_the_migrations_lead_to_the_schema_of_a_new_file(
        self, tmp_path: Path, version: int
    ):
        old, new = tmp_path / "old.db", tmp_path / "new.db"
        apply(old, list_migrations()[:version])
        for path in (old, new):
            connection = open_connection(path)
            migrate(connection)
            connection.close()

        assert read_schema(old) == read_schema(new)

    async def test_opening_again_changes_nothing(self, sqlite: OpenedSqlite):
        before = read_schema(sqlite.path)

        await sqlite.reopen()

        assert read_schema(sqlite.path) == before

    async def test_every_table_is_strict(self, sqlite: OpenedSqlite):
        loose = sqlite.select(
            "SELECT name FROM pragma_table_list WHERE NOT strict AND type = 'table' "
            "AND name NOT LIKE 'sqlite_%'"
        )

        assert loose == []

    def test_a_migration_that_fails_leaves_the_version_before_it(self, tmp_path: Path):
        path = tmp_path / "kaiga.db"
        connection = open_connection(path)
        connection.execute("CREATE TABLE outbox (id INTEGER)")  # in the way of the first script

        with pytest.raises(apsw.Error):
            migrate(connection)

        assert connection.pragma("user_version") == 0
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("outbox",)]
        connection.close()


class TestKinds:
    @pytest.mark.parametrize(
        ("of_emulator", "told"),
        [
            (True, "an emulator: open it with KAIGA_EMULATOR"),
            (False, "a Kaiga that is no emulator"),
        ],
    )
    async def test_an_emulator_s_file_and_a_usual_one_are_not_taken_for_each_other(
        self, tmp_path: Path, of_emulator: bool, told: str
    ):
        path = tmp_path / "kaiga.db"
        SqliteDatabase.open(path, of_emulator=of_emulator).close()
        before = path.read_bytes()

        with pytest.raises(StartRefused, match=told):
            SqliteDatabase.open(path, of_emulator=not of_emulator)

        assert path.read_bytes() == before
        SqliteDatabase.open(path, of_emulator=of_emulator).close()


FIRST_ROWS = """
    INSERT INTO accounts VALUES ('1000000000000001', 1);
    INSERT INTO workspaces VALUES ('1000000000000001', 'ws-default', 1);
    INSERT INTO api_keys (hash, prefix, name, account, workspace, role, created_ms)
        VALUES (x'01', 'sk-0123...', 'old', '1000000000000001', 'ws-default', 'admin', 1);
    INSERT INTO tasks (id, account, workspace, key_id, request_id, lane, model, operation,
            generation, request, status, attempt, engine, submitted_ms, ended_ms, expires_ms, usage)
        SELECT id, '1000000000000001', 'ws-default', '1000001', 'r', 'wan2.5-t2i-preview',
            'wan2.5-t2i-preview', 'aigc:text2image:image-synthesis',
            CAST('{"prompt":"a cat","negative_prompt":"","width_pixels":768,"height_pixels":768,'
                || '"count":2,"seed":7,"prompt_extend":false,"watermark":true}' AS BLOB),
            x'7b7d', status, 1, 'sketch', 1777716000120, ended, expires, CAST(usage AS BLOB)
        FROM (SELECT '019de821-7578-7000-8000-000000000001' AS id, 'PENDING' AS status,
                NULL AS ended, NULL AS expires, NULL AS usage
            UNION ALL SELECT '019de821-7579-7000-8000-000000000002', 'SUCCEEDED',
                1777716009120, 1777802409120, '{"image_count":1}');
    INSERT INTO results VALUES
        ('019de821-7579-7000-8000-000000000002', 0, 'an/object', 'image/png', 10, NULL, NULL),
        ('019de821-7579-7000-8000-000000000002', 1, NULL, NULL, NULL, 'Code', 'message');
"""
"""What the first version wrote, in its own form."""


class TestRowsOfTheFirstVersion:
    @pytest.fixture
    async def migrated(self, tmp_path: Path) -> AsyncIterator[OpenedSqlite]:
        apply(tmp_path / "kaiga.db", list_migrations()[:1])
        connection = open_connection(tmp_path / "kaiga.db")
        connection.execute(FIRST_ROWS)
        connection.close()
        store = OpenedSqlite(tmp_path)
        yield store
        await store.close()

    async def test_its_tasks_are_read_and_are_in_no_region(self, migrated: OpenedSqlite):
        waiting = await migrated.tasks.find(TaskId("019de821-7578-7000-8000-000000000001"))

        assert waiting is not None
        assert (waiting.region, waiting.status) == ("", TaskStatus.PENDING)
        assert waiting.generation == make_generation(2, watermark=True)
        assert waiting.is_in("cn-beijing")
        assert waiting.is_in("ap-southeast-1")

    async def test_its_results_are_read_as_plain_ones(self, migrated: OpenedSqlite):
        ended = await migrated.tasks.find(TaskId("019de821-7579-7000-8000-000000000002"))

        assert ended is not None
        assert ended.usage == {"image_count": 1}
        assert ended.results == (
            StoredResult(object_key=ObjectKey("an/object"), media_type="image/png", size_bytes=10),
            Failure(code="Code", message="message"),
        )

    async def test_its_waiting_tasks_are_run_and_its_keys_open(self, migrated: OpenedSqlite):
        models = frozenset({"wan2.5-t2i-preview"})

        claims = await migrated.tasks.claim(models, make_lease(), 5, "sketch", always(after(0)))

        assert [claim.task.attempt for claim in claims] == [2]
        await migrated.tasks.finish(claims[0], make_success(claims[0]), after(1), after(99))
        assert await migrated.keys.find_principal(b"\x01") is not None


class TestRefusals:
    async def test_a_newer_database_is_refused_and_can_be_used_by_its_own_kaiga(
        self, tmp_path: Path
    ):
        path = tmp_path / "kaiga.db"
        SqliteDatabase.open(path).close()
        connection = open_connection(path)
        connection.execute("PRAGMA user_version = 9999")
        connection.close()
        before = path.read_bytes()

        for _ in range(2):  # the first refusal must leave no lock
            with pytest.raises(StartRefused, match=r"schema 9999.*knows up to"):
                SqliteDatabase.open(path)

        assert path.read_bytes() == before

    @pytest.mark.parametrize("journal", ["DELETE", "WAL"])
    async def test_another_program_s_database_is_refused_and_untouched(
        self, tmp_path: Path, journal: str
    ):
        path = tmp_path / "kaiga.db"
        theirs = sqlite3.connect(path)
        theirs.execute(f"PRAGMA journal_mode = {journal}")
        theirs.execute("CREATE TABLE songs (title TEXT)")
        theirs.commit()
        theirs.close()
        before = path.read_bytes()

        with pytest.raises(StartRefused, match="another program"):
            SqliteDatabase.open(path)

        assert path.read_bytes() == before

    async def test_a_database_with_another_application_s_mark_is_refused_and_untouched(
        self, tmp_path: Path
    ):
        path = tmp_path / "kaiga.db"
        theirs = sqlite3.connect(path)
        theirs.execute("PRAGMA application_id = 252006674")
        theirs.commit()
        theirs.close()
        before = path.read_bytes()

        with pytest.raises(StartRefused, match="another program"):
            SqliteDatabase.open(path)

        assert path.read_bytes() == before

    async def test_a_file_that_is_no_database_is_refused_and_untouched(self, tmp_path: Path):
        path = tmp_path / "kaiga.db"
        path.write_bytes(b"a letter to somebody" * 1000)

        with pytest.raises(StartRefused):
            SqliteDatabase.open(path)

        assert path.read_bytes() == b"a letter to somebody" * 1000

    async def test_a_folder_that_can_not_be_made_is_refused(self, tmp_path: Path):
        (tmp_path / "file").write_text("in the way")

        with pytest.raises(StartRefused, match="can't be made"):
            SqliteDatabase.open(tmp_path / "file" / "data" / "kaiga.db")

    async def test_a_folder_in_the_place_of_the_file_is_refused(self, tmp_path: Path):
        (tmp_path / "kaiga.db").mkdir()

        for _ in range(2):
            with pytest.raises(StartRefused, match=r"kaiga\.db"):
                SqliteDatabase.open(tmp_path / "kaiga.db")

    async def test_a_second_opening_is_refused_naming_the_process_that_has_it(
        self, sqlite: OpenedSqlite
    ):
        with pytest.raises(StartRefused, match=rf"process {os.getpid()}\)"):
            SqliteDatabase.open(sqlite.path)

        await sqlite.tasks.add(make_new(0))

    async def test_a_closed_database_can_be_opened_by_the_next(self, sqlite: OpenedSqlite):
        await sqlite.tasks.add(make_new(0))

        await sqlite.reopen()

        assert await sqlite.tasks.find(make_new(0).task.id) is not None


class TestOtherProcesses:
    async def test_a_second_process_is_refused_naming_the_first_until_that_is_gone(
        self, tmp_path: Path, writing_process: "subprocess.Popen[str]"
    ):
        assert writing_process.stdout is not None
        assert writing_process.stdout.readline()

        with pytest.raises(StartRefused, match=rf"process {writing_process.pid}\)"):
            SqliteDatabase.open(tmp_path / "kaiga.db")

        writing_process.kill()
        writing_process.wait()
        SqliteDatabase.open(tmp_path / "kaiga.db").close()

    async def test_every_id_told_before_a_kill_is_there_after_it(
        self, tmp_path: Path, writing_process: "subprocess.Popen[str]"
    ):
        assert writing_process.stdout is not None
        told = [writing_process.stdout.readline() for _ in range(ENOUGH_IDS)]
        writing_process.send_signal(signal.SIGKILL)
        told += writing_process.stdout.readlines()
        whole = [TaskId(line.strip()) for line in told if line.endswith("\n")]
        assert len(whole) >= ENOUGH_IDS

        store = OpenedSqlite(tmp_path)
        try:
            found = await asyncio.gather(*map(store.tasks.find, whole))
        finally:
            await store.close()

        assert [task.id if task else None for task in found] == whole

    async def test_a_copy_made_in_the_middle_of_writes_is_whole(
        self, tmp_path: Path, writing_process: "subprocess.Popen[str]"
    ):
        """What lies on the disk at any one moment is what a power cut would leave."""
        assert writing_process.stdout is not None
        told = [writing_process.stdout.readline() for _ in range(ENOUGH_IDS)]
        writing_process.send_signal(signal.SIGSTOP)
        copy = tmp_path / "copy"
        copy.mkdir()
        for name in ("kaiga.db", "kaiga.db-wal"):
            shutil.copyfile(tmp_path / name, copy / name)
        writing_process.kill()

        store = OpenedSqlite(copy)
        try:
            assert store.select("PRAGMA integrity_check") == [("ok",)]
            found = await asyncio.gather(*(store.tasks.find(TaskId(s.strip())) for s in told))
        finally:
            await store.close()

        assert None not in found
