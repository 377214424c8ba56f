"""`python -m kaiga.cli.conformance.page`: writes docs/parity.md from the data and from a run.

The run is one of a Kaiga that is started for it. The page holds no times, ids or addresses, so the
same code always gives the same page.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from kaiga.catalogue import read_catalogue
from kaiga.catalogue.parity import Kind, Subject, read_facts
from kaiga.cli.conformance import recorded, refused_models
from kaiga.cli.conformance.checking import Finding, Verdict, count_verdicts
from kaiga.cli.conformance.running import list_general_checks, list_model_checks, run_checks
from kaiga.cli.conformance.showing import show_progress
from kaiga.cli.conformance.target import Target
from kaiga.cli.failures import CommandFailed
from kaiga.cli.markdown import make_table
from kaiga.cli.own_server import run_own_server
from kaiga.cli.postman import DEFAULT_MODEL
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import KaigaError
from kaiga.recording.folder import Recordings, read_recordings
from kaiga.settings import read_settings

PAGE = Path("docs") / "parity.md"
RECORDINGS = Path("docs") / "recordings"
"""A folder of recordings of the real service in each folder below, if there are any."""
RUN_HEADING = "## A run of the checks"

_INTRODUCTION = """\
# Parity with the real service

How Kaiga's answers compare with those of Model Studio (DashScope), as far as the real service is known from its pages, its SDKs and recorded exchanges.
This page is made by `python -m kaiga.cli.conformance.page`: from `src/kaiga/catalogue/parity.toml`, from the catalogue, and from a run of `kaiga conformance`.

*Source* names a section of the project's notes on the contract: `core` for what all models share, `image` and `video` for the models, `clients` for what public clients send.
What Kaiga adds stands beside the contract: headers named `X-Kaiga-*`, routes under `/kaiga/v1/`, and settings whose defaults leave the answers as they are.
"""  # noqa: E501  a line of the page is a sentence
_KINDS: Mapping[Kind, tuple[str, str]] = {
    "differs": ("Known differences", "Known to be different."),
    "missing": ("Missing", "Not there."),
    "chosen text": ("Chosen texts", "The rule is known, its words are not."),
    "chosen": (
        "Chosen behaviours",
        "The service's behaviour is unknown, or its sources differ; this is what Kaiga does.",
    ),
    "lenient": ("Taken more freely", "Kaiga takes more than the service is known to take."),
    "added": ("Added", "Kaiga's own, beside the contract."),
    "exact": ("As documented or recorded", "The same as the service."),
}
_PRODUCTS = {
    "image": "pictures",
    "video": "clips",
    "judgement": "judgements",
    "template": "templates",
}
_CERTAINTIES = {"exact": "known", "lenient": "in part"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What a run found: by the checks, and where recordings of the real service lie."""

    findings: Sequence[Finding] = ()
    recorded: Sequence[Finding] = ()


def make_page(catalogue: Catalogue, examined: Examined) -> str:
    """Make the whole page."""
    parts = [
        make_catalogue_part(catalogue),
        *_tell_run(examined.findings),
        *_tell_recordings(examined.recorded),
    ]
    return "\n".join(parts)


def make_catalogue_part(catalogue: Catalogue) -> str:
    """Make the part of the page that follows from the data alone."""
    subjects = read_facts()
    lines = [_INTRODUCTION]
    for kind in get_args(Kind):
        lines += _tell_kind(kind, subjects)
    lines += _tell_endpoints(catalogue.list_models())
    lines += _tell_models(catalogue.list_models())
    return "\n".join(lines)


def _tell_kind(kind: Kind, subjects: Sequence[Subject]) -> Iterator[str]:
    title, meaning = _KINDS[kind]
    yield f"## {title}\n"
    yield f"{meaning}\n"
    rows = [
        (
            subject.title,
            fact.point,
            fact.here + (f" ({fact.mark})" if fact.mark else ""),
            fact.source,
        )
        for subject in subjects
        for fact in subject.facts
        if fact.kind == kind
    ]
    yield from make_table(("subject", "point", "here", "source"), rows)


def _tell_endpoints(models: Sequence[Model]) -> Iterator[str]:
    yield "## Endpoints\n"
    yield "Where models are called, in which modes, and how many there are.\n"
    places: dict[tuple[str, str], list[Model]] = {}
    for model in models:
        for endpoint in model.endpoints:
            places.setdefault((endpoint.operation, endpoint.mode), []).append(model)
    rows = [
        (
            f"`{operation}`",
            mode,
            str(len(called)),
            str(sum(model.certainty == "lenient" for model in called)),
            ", ".join(sorted({model.output_at(operation).shape for model in called})),
        )
        for (operation, mode), called in sorted(places.items())
    ]
    headings = ("path after `/services/`", "mode", "models", "known in part", "shapes of results")
    yield from make_table(headings, rows)


def _tell_models(models: Sequence[Model]) -> Iterator[str]:
    lenient = sum(model.certainty == "lenient" for model in models)
    yield "## Models\n"
    yield (
        f"{len(models)} models, {lenient} of them known only in part: "
        "of those, Kaiga takes what may be meant."
    )
    yield "What each one takes, `kaiga models NAME` tells.\n"
    families: dict[str, list[Model]] = {}
    for model in models:
        families.setdefault(model.family, []).append(model)
    for family, members in sorted(families.items()):
        yield f"### {family}\n"
        yield from make_table(
            ("model", "makes", "contract", "offered in", "unknown or chosen"),
            [_make_model_row(model) for model in members],
        )


def _make_model_row(model: Model) -> tuple[str, ...]:
    retired = ["The service has retired it."] if model.retired else []
    also = [f"Also called {', '.join(f'`{name}`' for name in model.aliases)}."] * bool(
        model.aliases
    )
    return (
        f"`{model.name}`",
        _PRODUCTS[model.product],
        _CERTAINTIES[model.certainty],
        ", ".join(model.documented_regions) or "not told",
        " ".join([*retired, *also, *model.doubts]),
    )


def _tell_run(findings: Sequence[Finding]) -> Iterator[str]:
    yield f"{RUN_HEADING}\n"
    yield "`kaiga conformance` against a Kaiga, without `--spend`.\n"
    counts = count_verdicts(findings)
    yield from make_table(
        ("verdict", "findings"), [(verdict.value, str(count)) for verdict, count in counts.items()]
    )
    yield "### What all models share\n"
    general = [finding for finding in findings if not finding.subject]
    yield from make_table(
        ("check", "source", "expected", "verdict"),
        [(each.name, each.source, each.expected, _show_verdict(each)) for each in general],
    )
    yield "### Model by model\n"
    yield (
        "*Mode*: the header `X-DashScope-Async` against what the model answers.\n"
        "*Path*: the model at a path that is not its own.\n"
        "*Missing*: an order without something that the model needs.\n"
    )
    yield from make_table(("model", "mode", "path", "missing"), list(_make_run_rows(findings)))


def _tell_recordings(findings: Sequence[Finding]) -> Iterator[str]:
    yield "## What recordings of the cloud say\n"
    yield (
        "`kaiga emulator compare` over recordings of the real service, which lie below "
        "`docs/recordings`: the recorded orders, sent to a Kaiga."
    )
    if not findings:
        yield (
            "There are none yet: nothing on this page was held against an exchange that was "
            "recorded for it.\n"
            "[recordings.md](recordings.md) tells how they are made.\n"
        )
        return
    yield "Compared are statuses, members, types, codes and states.\n"
    yield from make_table(
        ("day", "recording", "model", "verdict"),
        [(each.source, each.name, f"`{each.subject}`", _show_verdict(each)) for each in findings],
    )


def _make_run_rows(findings: Sequence[Finding]) -> Iterator[tuple[str, ...]]:
    names = list(dict.fromkeys(finding.subject for finding in findings if finding.subject))
    for name in names:
        cells: list[str] = []
        for aspect in (refused_models.HEADER, refused_models.PLACE, refused_models.MISSING):
            found = [
                finding
                for finding in findings
                if finding.subject == name and finding.name.startswith(f"{aspect}: ")
            ]
            # A model that is called either way at one path has nothing to be refused there.
            cells.append(", ".join(dict.fromkeys(map(_show_verdict, found))) or "either way")
        yield (f"`{name}`", *cells)


def _show_verdict(finding: Finding) -> str:
    if finding.verdict is Verdict.EXACT:
        return finding.verdict
    return f"{finding.verdict}: {finding.seen}"


def examine_own_server(catalogue: Catalogue, recordings: Path = RECORDINGS) -> Examined:
    """Run the checks that cost nothing, and the recorded orders, against a Kaiga of their own."""
    with tempfile.TemporaryDirectory(prefix="kaiga-parity-") as name:
        folder = Path(name)
        settings = {"KAIGA_DATA": str(folder / "data"), "KAIGA_LOG_LEVEL": "warning"}
        others = {name: text for name, text in os.environ.items() if not name.startswith("KAIGA_")}
        (folder / "kaiga.toml").touch()
        read = read_settings(settings, folder / "kaiga.toml")
        checks = [*list_general_checks(DEFAULT_MODEL), *list_model_checks(catalogue.list_models())]
        orders = [each for days in _list_days(recordings) for each in recorded.list_checks(days)]
        with (
            run_own_server(read, {**others, **settings}, folder) as server,
            Target(server.api_url, server.key) as target,
            show_progress(len(checks) + len(orders)) as tell,
        ):
            return Examined(
                findings=list(run_checks(target, checks, tell)),
                recorded=list(run_checks(target, orders, tell)),
            )


def _list_days(recordings: Path) -> Iterator[Recordings]:
    """Give the recordings of each folder below one that may be missing."""
    for folder in sorted(recordings.glob("*/")):
        yield read_recordings(folder)


def run() -> int:
    """Write the page; gives the status, 1 if a check of the contract differs."""
    catalogue = read_catalogue()
    try:
        examined = examine_own_server(catalogue)
    except (CommandFailed, KaigaError, OSError) as error:
        print(f"kaiga: {error}", file=sys.stderr)
        return 1
    PAGE.write_text(make_page(catalogue, examined), "utf-8")
    differing = [each for each in examined.findings if each.verdict is Verdict.DIFFERS]
    for finding in differing:
        print(f"kaiga: {finding.subject} {finding.name}: {finding.seen}", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(run())
