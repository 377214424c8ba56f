"""docs/parity.md is what the data and a run of the checks make of it."""

from pathlib import Path

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.cli.conformance.checking import Finding, Verdict
from kaiga.cli.conformance.page import RUN_HEADING, examine_own_server, make_page

PAGE = Path(__file__).parents[2] / "docs" / "parity.md"
CATALOGUE = read_catalogue()
HOW = "run: python -m kaiga.cli.conformance.page"


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    return examine_own_server(CATALOGUE)


def test_what_is_known_stands_on_the_page_as_the_data_have_it() -> None:
    made, written = (text.partition(RUN_HEADING)[0] for text in (make_page(CATALOGUE, []), read()))

    assert made == written, HOW


def test_the_page_tells_of_every_model_with_its_doubts() -> None:
    section = read().partition("\n## Models\n")[2].partition("\n## ")[0]
    rows = {line.split("`")[1]: line for line in section.splitlines() if line.startswith("| `")}

    assert set(rows) == {model.name for model in CATALOGUE.list_models()}
    for model in CATALOGUE.list_models():
        assert all(doubt in rows[model.name] for doubt in model.doubts)


def test_a_run_of_the_checks_is_on_the_page_as_it_goes_today(findings: list[Finding]) -> None:
    assert make_page(CATALOGUE, findings) == read(), HOW


def test_kaiga_passes_every_check_that_the_contract_decides(findings: list[Finding]) -> None:
    differing = [finding for finding in findings if finding.verdict is Verdict.DIFFERS]

    assert differing == []
    assert len(findings) > 2 * len(CATALOGUE.list_models())


def read() -> str:
    return PAGE.read_text("utf-8")
