"""Findings for people and for programs, and a bar for how far a run is."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kaiga.cli.conformance.checking import Finding, Verdict, count_verdicts
from kaiga.cli.conformance.running import Told
from kaiga.cli.tables import print_table


@contextmanager
def show_progress(count: int) -> Generator[Told]:
    """Show how many of the checks are begun; gives what is to be called with each one's name."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task("", total=count)

        def tell(name: str) -> None:
            progress.update(task, description=name, advance=1)

        yield tell


def print_findings(findings: Sequence[Finding], *, shows_all: bool) -> None:
    """Print a table; without `shows_all`, of what is not exact, with the counts below."""
    shown = [each for each in findings if shows_all or each.verdict is not Verdict.EXACT]
    if shown:
        headings = ("Check", "Model", "Contract", "Verdict", "Seen", "Expected")
        print_table(headings, [_make_row(finding) for finding in shown])
    print(", ".join(f"{count} {verdict}" for verdict, count in count_verdicts(findings).items()))


def as_members(findings: Sequence[Finding]) -> Mapping[str, object]:
    """Give findings and their counts as JSON has them."""
    return {
        "counts": {verdict.value: count for verdict, count in count_verdicts(findings).items()},
        "findings": [asdict(finding) for finding in findings],
    }


def _make_row(finding: Finding) -> tuple[str, ...]:
    return (
        finding.name,
        finding.subject or "-",
        finding.source,
        finding.verdict,
        finding.seen,
        finding.expected,
    )
