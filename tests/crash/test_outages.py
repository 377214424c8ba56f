"""The disk full, the database locked, the objects away: told clearly, waited out, lost nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from crash.small_disks import SmallDisk, small_disk
from running import CREATE, MODEL, RunningKaiga, wait_until

pytestmark = [
    pytest.mark.sqlite("nodes/ and store/test_postgres_outages have a PostgreSQL that is away"),
    pytest.mark.objects_folder("crash/test_s3_outages has a bucket that is away"),
]
SETTINGS = {"KAIGA_WORKERS": "2", "KAIGA_SKETCH_SECONDS": "0.3", "KAIGA_LEASE_SECONDS": "2"}
LARGE = "y" * 40_000
"""Past what a row holds, so that the request itself becomes an object."""


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallDisk]:
    with small_disk(tmp_path_factory.mktemp("small") / "disk") as small:
        yield small


@pytest.fixture(scope="module")
def running(disk: SmallDisk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server whose database and objects lie on the small disk."""
    stores = {
        "KAIGA_STORE": f"sqlite://{disk.folder / 'kaiga.db'}",
        "KAIGA_OBJECTS": (disk.folder / "objects").as_uri(),
    }
    server = RunningKaiga(tmp_path_factory.mktemp("outages") / "data", {**SETTINGS, **stores})
    yield server.start()
    server.stop()


@pytest.fixture
def client(running: RunningKaiga) -> Iterator[httpx.Client]:
    with running.client() as opened:
        yield opened


@pytest.fixture
def ended(running: RunningKaiga, client: httpx.Client) -> dict[str, Any]:
    """A task that ended before the outage, as its last poll told it."""
    return running.wait_for_end(client, running.submit(client))


def create(client: httpx.Client, junk: str = "") -> httpx.Response:
    parameters = {"n": 1, "size": "768*768", "prompt_extend": False, "junk": junk}
    body = {"model": MODEL, "input": {"prompt": "a cat"}, "parameters": parameters}
    return client.post(CREATE, json=body, headers={"X-DashScope-Async": "enable"})


def assert_told_to_try_later(answer: httpx.Response) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["code"] == "ModelUnavailable"


def status_of(client: httpx.Client, task_id: str) -> str:
    return client.get(f"/tasks/{task_id}").json()["output"]["task_status"]


@contextmanager
def told_once(running: RunningKaiga, begun: str, over: str) -> Iterator[None]:
    """See that the log tells of an outage once, however many calls it refuses."""
    before = running.log()
    yield
    wait_until(lambda: over in running.log().removeprefix(before), f"the log says: {over}")
    told = running.log().removeprefix(before)
    assert (told.count(begun), told.count(over)) == (1, 1), told


@contextmanager
def full(disk: SmallDisk, running: RunningKaiga) -> Iterator[None]:
    disk.fill(running)
    try:
        yield
    finally:
        disk.make_room(running)


@contextmanager
def locked(database: Path) -> Iterator[None]:
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def away(objects: Path) -> Iterator[None]:
    """Put a file in the place of the objects, so that nothing can be read or written there."""
    kept = objects.rename(objects.with_name("kept"))
    objects.write_bytes(b"")
    try:
        yield
    finally:
        objects.unlink()
        kept.rename(objects)


def test_a_full_disk_refuses_what_must_be_kept_and_the_rest_goes_on(
    running: RunningKaiga, client: httpx.Client, disk: SmallDisk, ended: dict[str, Any]
) -> None:
    link = ended["output"]["results"][0]["url"]
    under_way = [running.submit(client) for _ in range(4)]

    with told_once(running, "the database takes no writes", "the database takes writes again"):
        with full(disk, running):
            for _ in range(50):
                assert_told_to_try_later(create(client))
            assert_told_to_try_later(create(client, junk=LARGE))
            assert_told_to_try_later(client.post(f"/tasks/{under_way[-1]}/cancel"))
            assert status_of(client, ended["output"]["task_id"]) == "SUCCEEDED"
            assert {status_of(client, each) for each in under_way} <= {"PENDING", "RUNNING"}
            assert client.get("/tasks").status_code == 200
            assert httpx.get(link).content[:4] == b"\x89PNG"
        assert create(client).status_code == 200

    for task_id in under_way:
        assert running.wait_for_end(client, task_id)["output"]["task_status"] == "SUCCEEDED"


def test_a_database_that_another_process_locks_delays_work_and_loses_none(
    running: RunningKaiga, client: httpx.Client, disk: SmallDisk, ended: dict[str, Any]
) -> None:
    under_way = [running.submit(client) for _ in range(3)]

    with locked(disk.folder / "kaiga.db"):
        assert_told_to_try_later(create(client))
        assert status_of(client, ended["output"]["task_id"]) == "SUCCEEDED"
        assert {status_of(client, each) for each in under_way} <= {"PENDING", "RUNNING"}
        unknown = client.get("/tasks", headers={"Authorization": "Bearer sk-nobody"})
        assert unknown.status_code == 401

    for task_id in under_way:
        assert running.wait_for_end(client, task_id)["output"]["task_status"] == "SUCCEEDED"


def test_work_waits_for_objects_that_are_away_and_is_made_once(
    running: RunningKaiga, client: httpx.Client, disk: SmallDisk, ended: dict[str, Any]
) -> None:
    with away(disk.folder / "objects"):
        before = running.log()
        task_id = running.submit(client)
        for _ in range(20):
            assert_told_to_try_later(create(client, junk=LARGE))
        lost = httpx.get(ended["output"]["results"][0]["url"])
        wait_until(
            lambda: "finished work waits" in running.log().removeprefix(before),
            "the picture is made and waits",
        )
        assert status_of(client, task_id) == "RUNNING"
    answer = running.wait_for_end(client, task_id)

    assert (lost.status_code, int(lost.headers["retry-after"]) > 0) == (503, True)
    assert answer["output"]["task_status"] == "SUCCEEDED"
    with closing(sqlite3.connect(disk.folder / "kaiga.db")) as database:
        attempts = database.execute(
            "SELECT attempt, cause FROM attempts WHERE task_id = ?", (task_id,)
        ).fetchall()
    assert attempts == [(1, None)]
