"""`kaiga serve`: what it says when it starts, and when it can't."""

import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from kaiga import __version__
from kaiga.domain.errors import SettingInvalid
from kaiga.settings import read_settings

_PATIENCE_SECONDS = 60.0


def test_a_first_start_tells_address_and_key_and_the_key_works(terminal: Any):
    told = first_words(terminal.start("serve", "--port", "0"), lines=6)

    assert f"Kaiga {__version__} serves at http://127.0.0.1:" in told[0]
    base_url, key = told[1].split()[-1], told[3].split()[-1]
    assert base_url.endswith("/api/v1")
    assert told[2].endswith("/console\n")
    assert "kaiga env" in told[5]
    answer = httpx.get(f"{base_url}/tasks", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200


def test_the_key_of_a_first_start_lies_in_a_file_for_its_owner_alone(terminal: Any):
    told = first_words(terminal.start("serve", "--port", "0"), lines=4)

    file = terminal.folder / "data" / "local-key"
    assert file.read_text().strip() == told[3].split()[-1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_start_shows_no_key(terminal: Any):
    first = terminal.start("serve", "--port", "0")
    first_words(first, lines=6)
    end(first)

    second = terminal.start("serve", "--port", "0")
    first_words(second, lines=3)
    rest, _ = end(second)

    assert rest == ""


def test_options_count_before_the_environment(terminal: Any):
    told = first_words(
        terminal.start(
            "serve", "--port", "0", "--data", "other", settings={"KAIGA_PORT": "not a port"}
        ),
        lines=6,
    )

    assert (terminal.folder / "other" / "local-key").exists()
    assert "--data other" in told[5]


def test_a_port_in_use_is_named(terminal: Any):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])

        message = terminal.fail("serve", "--port", port)

    assert f"Port {port} of 127.0.0.1 is in use" in message


def test_a_second_server_on_a_folder_is_told_who_has_it(terminal: Any, idle_server: Any):
    message = terminal.fail("serve", "--port", "0", "--data", str(idle_server.data))

    assert f"process {idle_server.process_id}" in message
    assert "KAIGA_DATA" in message


@pytest.mark.parametrize("folder", ["a-file/data", "a-file", "/proc/kaiga"])
def test_a_folder_that_cannot_be_written_is_named(terminal: Any, folder: str):
    (terminal.folder / "a-file").touch()

    message = terminal.fail("serve", "--port", "0", "--data", folder)

    assert folder in message


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("KAIGA_WORKERS", "many", "a whole number from 0 to 64"),
        ("KAIGA_VALIDATE", "never", "contract, submit"),
    ],
)
def test_a_bad_setting_is_named_with_what_is_allowed(
    terminal: Any, name: str, value: str, allowed: str
):
    message = terminal.fail("serve", settings={name: value})

    assert f"{name}={value}" in message
    assert allowed in message


def test_a_certificate_of_results_that_is_not_there_is_named(terminal: Any):
    missing = {"KAIGA_C2PA_CERT": "chain.pem", "KAIGA_C2PA_KEY": "key.pem"}

    assert "KAIGA_C2PA_CERT" in terminal.fail("serve", settings=missing)


@pytest.mark.parametrize("name", ["KAIGA_C2PA_CERT", "KAIGA_C2PA_KEY", "KAIGA_C2PA_TIMESTAMP_URL"])
def test_a_certificate_of_results_is_set_whole(name: str):
    with pytest.raises(SettingInvalid, match="KAIGA_C2PA_CERT and KAIGA_C2PA_KEY"):
        read_settings({name: "http://127.0.0.1:1"})


def test_a_bad_option_is_named_as_the_setting_that_it_stands_for(terminal: Any):
    message = terminal.fail("serve", "--workers", "99", settings={"KAIGA_WORKERS": "1"})

    assert "KAIGA_WORKERS=99" in message


def test_a_setting_that_does_not_exist_is_named(terminal: Any):
    (terminal.folder / "kaiga.toml").write_text("prot = 8600\n")

    message = terminal.fail("serve")

    assert "kaiga.toml" in message
    assert "prot" in message


@pytest.mark.sqlite("it looks at the file; test_postgres_database has the same of the other")
def test_a_database_of_a_newer_kaiga_is_left_alone(terminal: Any):
    file = make_newer_database(terminal.folder / "data")
    before = file.read_bytes()

    message = terminal.fail("serve", "--port", "0")

    assert "schema 9999" in message
    assert file.read_bytes() == before


def test_a_server_that_was_started_for_a_command_ends_with_its_input(terminal: Any):
    process = terminal.start("serve", "--port", "0", "--until-stdin-ends")
    first_words(process, lines=1)

    process.stdin.close()

    assert process.wait(_PATIENCE_SECONDS) == 0


def test_serving_does_not_wait_for_the_import_of_an_http_client():
    program = "import sys; from kaiga.cli.main import build_app; build_app('serve');"

    done = subprocess.run(
        [sys.executable, "-c", f"{program} print('httpx' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "False"


def first_words(process: subprocess.Popen[str], lines: int) -> list[str]:
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(lines)]
    assert told[-1], process.communicate()
    return told


def end(process: subprocess.Popen[str]) -> tuple[str, str]:
    os.kill(process.pid, signal.SIGINT)
    return process.communicate(timeout=_PATIENCE_SECONDS)


def make_newer_database(folder: Path) -> Path:
    folder.mkdir()
    file = folder / "kaiga.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA application_id = 1262569799")
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    return file
