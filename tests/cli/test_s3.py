"""Commands whose objects lie in a bucket: what start and doctor say of it, and backups."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from running import RunningKaiga
from s3_server import S3Server

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run_in(tmp_path: Path) -> Run:
    """Run a command with settings, in a folder of its own."""

    def run(*words: str, settings: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kaiga", *words],
            check=False,
            env={**_environment(), **settings},
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=60,
        )

    return run


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("KAIGA_")}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"KAIGA_OBJECTS": "s3://no-such-bucket"}, "404 Not Found NoSuchBucket"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong-secret"}, "403 Forbidden SignatureDoesNotMatch"),
        ({"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"}, "the connection was refused"),
    ],
    ids=["bucket", "secret", "endpoint"],
)
def test_what_is_wrong_with_a_bucket_is_told_by_the_start(
    s3_server: S3Server, run_in: Run, wrong: dict[str, str], told: str
):
    settings = {**s3_server.make_place(), "KAIGA_PORT": "0", **wrong}

    started = run_in("serve", settings=settings)

    assert started.returncode != 0
    assert told in started.stderr
    assert "Traceback" not in started.stderr
    assert "secret" not in started.stdout + started.stderr


def test_what_is_wrong_with_a_bucket_is_told_by_doctor(s3_server: S3Server, run_in: Run):
    settings = {**s3_server.make_place(), "AWS_SECRET_ACCESS_KEY": "wrong-secret"}

    examined = run_in("doctor", "--json", settings=settings)

    assert examined.returncode != 0
    [found] = [
        each for each in json.loads(examined.stdout)["findings"] if each["check"] == "Objects"
    ]
    assert found["verdict"] == "fail"
    assert "403 Forbidden SignatureDoesNotMatch" in found["found"]
    assert "secret" not in examined.stdout


@pytest.mark.sqlite("a PostgreSQL is backed up by its own tools, such as pg_dump")
def test_a_backup_holds_the_objects_of_a_bucket_and_comes_back_into_another_place(
    s3_server: S3Server, run_in: Run, tmp_path: Path
):
    here, there = s3_server.make_place(), s3_server.make_place()
    server = RunningKaiga(tmp_path / "data", here).start()
    with server.client() as client:
        task_id = server.submit(client)
        server.wait_for_end(client, task_id)
    archive = tmp_path / "kaiga.tar"

    live = run_in(
        "backup",
        str(archive),
        "--key",
        server.key,
        settings={**here, "KAIGA_DATA": str(server.data)},
    )
    server.stop()
    restored = {**there, "KAIGA_DATA": str(tmp_path / "restored")}
    back = run_in("restore", str(archive), settings=restored)
    twice = run_in("restore", str(archive), settings={**there, "KAIGA_DATA": str(tmp_path / "x")})

    assert live.returncode == back.returncode == 0, live.stderr + back.stderr
    with tarfile.open(archive) as tar:
        assert any(f"{task_id}/1/0" in name for name in tar.getnames())
    assert s3_server.list_keys(there) == s3_server.list_keys(here)
    assert twice.returncode != 0
    assert "holds objects already" in twice.stderr
