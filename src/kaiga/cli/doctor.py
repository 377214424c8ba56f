"""`kaiga doctor`: looks at everything that Kaiga needs, and says what to do."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from kaiga.cli.failures import ExitStatus
from kaiga.cli.options import AsJson, Data, read_command_settings, show_examples
from kaiga.cli.server_checks import check_server
from kaiga.cli.tables import print_json, print_table
from kaiga.compose.doctor.checks import (
    Finding,
    Verdict,
    check_engine,
    check_python,
    check_sqlite,
    fail,
)
from kaiga.compose.doctor.examining import examine_machine
from kaiga.domain.errors import SettingInvalid


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog=show_examples("kaiga doctor", "kaiga doctor --json"))(examine)


def examine(*, as_json: AsJson = False, data: Data = None) -> None:
    """Check everything that Kaiga needs.

    Ends with status 1 if a check fails.
    """
    findings = _examine(data)
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        headings = ("Check", "Verdict", "Found", "What to do")
        print_table(headings, [_make_row(finding) for finding in findings])
    if any(finding.verdict is Verdict.FAIL for finding in findings):
        raise typer.Exit(ExitStatus.FAILED)


def _examine(data: Path | None) -> Sequence[Finding]:
    try:
        settings = read_command_settings({"KAIGA_DATA": data})
    except SettingInvalid as error:
        hint = "Correct it; docs/settings.md lists what is allowed."
        return [
            check_python(),
            check_sqlite(),
            fail("Settings", str(error), hint),
            check_engine(),
        ]
    return [*examine_machine(settings), *check_server(settings)]


def _make_row(finding: Finding) -> tuple[str, ...]:
    return finding.check, finding.verdict, finding.found, finding.hint
