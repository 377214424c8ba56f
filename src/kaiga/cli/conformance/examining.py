"""Runs checks against a server for a command, and tells what they found."""

from collections.abc import Sequence

import typer

from kaiga.cli.client import make_tls_context
from kaiga.cli.conformance.checking import Check, Finding, Verdict
from kaiga.cli.conformance.running import run_checks
from kaiga.cli.conformance.showing import as_members, print_findings, show_progress
from kaiga.cli.conformance.target import Target
from kaiga.cli.failures import ExitStatus
from kaiga.cli.reaching import Server
from kaiga.cli.tables import print_json


def examine_server(
    server: Server, checks: Sequence[Check], *, shows_all: bool, as_json: bool
) -> None:
    """Run checks and print their findings.

    Raises:
        typer.Exit: something differs; the status is 3.
        CommandFailed: the server's certificate can't be read.
    """
    certificate = make_tls_context(server.certificate)
    findings: list[Finding] = []
    try:
        with (
            Target(server.api_url, server.key, certificate) as target,
            show_progress(len(checks)) as tell,
        ):
            findings.extend(run_checks(target, checks, tell))
    finally:
        # A run that spends may take long; what it found until a Ctrl-C was paid for.
        if as_json:
            print_json({"server": server.api_url, **as_members(findings)})
        else:
            print_findings(findings, shows_all=shows_all)
    if any(finding.verdict is Verdict.DIFFERS for finding in findings):
        raise typer.Exit(ExitStatus.DIFFERS)
