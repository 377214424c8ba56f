"""`kaiga doctor`: what it finds, and that its status follows."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

import edition
from kaiga.compose.doctor.checks import Finding, Verdict
from kaiga.compose.doctor.media_checks import (
    check_certificate,
    check_detector,
    check_ffmpeg,
    check_fonts,
)
from kaiga.settings import read_settings
from provenance.certificates import issue


def examine(
    terminal: Any, settings: dict[str, str] | None = None, status: int = 0
) -> dict[str, Any]:
    """Run the command; gives its findings by check."""
    done = terminal.run("doctor", "--json", settings=settings)
    assert done.status == status, done.told + done.problems
    return {finding["check"]: finding for finding in json.loads(done.told)["findings"]}


def test_a_server_at_work_is_found_well(
    quick_terminal: Any, server: Any, at_server: dict[str, str]
):
    findings = examine(quick_terminal, at_server)

    assert server.base_url in findings["Server"]["found"]
    of_database = f"process {server.process_id}" if edition.IS_USUAL else "PostgreSQL 18"
    assert of_database in findings["Database"]["found"]
    assert findings["Key"]["verdict"] == "OK"
    assert findings["Sketch engine"]["verdict"] == "OK"
    assert {"ffmpeg", "Fonts", "Face detector"} <= set(findings)
    assert {finding["verdict"] for finding in findings.values()} <= {"OK", "warn"}


def test_before_the_first_start_nothing_fails_and_nothing_is_made(quick_terminal: Any):
    findings = examine(quick_terminal)

    assert findings["Server"]["verdict"] == "warn"
    assert "kaiga serve" in findings["Server"]["hint"]
    assert not (quick_terminal.folder / "data").exists()


def test_the_table_is_for_people(terminal: Any):
    told = terminal.succeed("doctor")

    assert "Check" in told.splitlines()[0]
    assert "Sketch engine" in told


def test_a_bad_setting_fails(terminal: Any):
    findings = examine(terminal, {"KAIGA_PORT": "many"}, status=1)

    assert findings["Settings"]["verdict"] == "fail"
    assert "KAIGA_PORT=many" in findings["Settings"]["found"]


def test_a_folder_that_cannot_be_fails(quick_terminal: Any):
    (quick_terminal.folder / "a-file").touch()

    findings = examine(quick_terminal, {"KAIGA_DATA": "a-file/data"}, status=1)

    assert findings["Data folder"]["verdict"] == "fail"
    assert "KAIGA_DATA" in findings["Data folder"]["hint"]


def test_a_key_that_the_server_does_not_know_fails(quick_terminal: Any, server: Any):
    settings = {"KAIGA_DATA": str(server.data), "KAIGA_API_KEY": "sk-unknown"}

    findings = examine(quick_terminal, settings, status=1)

    assert findings["Key"]["verdict"] == "fail"
    assert "InvalidApiKey" in findings["Key"]["found"]


@pytest.mark.sqlite("it looks at the file; test_postgres_database has the same of the other")
def test_a_newer_database_fails_and_is_left_as_it_is(quick_terminal: Any):
    file = quick_terminal.folder / "data" / "kaiga.db"
    file.parent.mkdir()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version = 9999")
    connection.close()
    before = file.read_bytes()

    findings = examine(quick_terminal, status=1)

    assert findings["Database"]["verdict"] == "fail"
    assert "9999" in findings["Database"]["found"]
    assert file.read_bytes() == before


@pytest.mark.sqlite("it makes a file")
def test_a_file_that_is_no_database_fails(quick_terminal: Any):
    file = quick_terminal.folder / "data" / "kaiga.db"
    file.parent.mkdir()
    file.write_text("not a database, but long enough to be looked at " * 100)

    findings = examine(quick_terminal, status=1)

    assert findings["Database"]["verdict"] == "fail"


def ffmpeg_found(program: str) -> Finding:
    return check_ffmpeg(read_settings({"KAIGA_FFMPEG": program}))


def test_an_ffmpeg_that_is_not_there_is_a_warning_with_what_to_do():
    finding = ffmpeg_found("no-such-program")

    assert finding.verdict is Verdict.WARN
    assert "no-such-program" in finding.found
    assert "KAIGA_FFMPEG" in finding.hint


def test_an_ffmpeg_that_writes_no_clips_is_a_warning(tmp_path: Path):
    program = tmp_path / "poor-ffmpeg"
    program.write_text("#!/bin/sh\necho ' V....D mpeg4  MPEG-4'\n")
    program.chmod(0o700)

    finding = ffmpeg_found(str(program))

    assert finding.verdict is Verdict.WARN
    assert "no libx264" in finding.found


def test_what_clips_and_faces_need_is_found_here():
    assert ffmpeg_found("").verdict is Verdict.OK
    assert check_detector().found == "OpenCV"


def test_a_certificate_that_can_not_sign_fails_with_what_is_wrong(tmp_path: Path):
    issued = issue(tmp_path)
    settings = {"KAIGA_C2PA_CERT": str(issued.chain_file), "KAIGA_C2PA_KEY": str(issued.key_file)}
    good = check_certificate(read_settings(settings))
    issued.key_file.chmod(0o644)

    bad = check_certificate(read_settings(settings))

    assert good.verdict is Verdict.OK
    assert bad.verdict is Verdict.FAIL
    assert "chmod 600" in bad.found


def test_fonts_are_told_with_what_to_do_where_there_are_none():
    finding = check_fonts()

    assert (finding.verdict is Verdict.OK) == (finding.hint == "")
    assert finding.verdict is Verdict.OK or "kaiga[fonts]" in finding.hint
