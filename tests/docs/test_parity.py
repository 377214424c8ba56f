"""docs/parity.md is what the data and a run of the checks make of it."""

from pathlib import Path

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.cli.conformance.checking import Finding, Verdict
from kaiga.cli.conformance.page import RUN_HEADING, Examined, examine_own_server, make_page

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "parity.md"
CATALOGUE = read_catalogue()
HOW = "run: python -m kaiga.cli.conformance.page"


@pytest.fixture(scope="module")
def examined() -> Examined:
    return examine_own_server(CATALOGUE, DOCS / "recordings")


def test_what_is_known_stands_on_the_page_as_the_data_have_it() -> None:
    made = make_page(CATALOGUE, Examined()).partition(RUN_HEADING)[0]
    written = read().partition(RUN_HEADING)[0]

    assert made == written, HOW


def test_the_page_tells_of_every_model_with_its_doubts() -> None:
    section = read().partition("\n## Models\n")[2].partition("\n## ")[0]
    rows = {line.split("`")[1]: line for line in section.splitlines() if line.startswith("| `")}

    assert set(rows) == {model.name for model in CATALOGUE.list_models()}
    for model in CATALOGUE.list_models():
        assert all(doubt in rows[model.name] for doubt in model.doubts)


def test_a_run_of_the_checks_is_on_the_page_as_it_goes_today(examined: Examined) -> None:
    assert make_page(CATALOGUE, examined) == read(), HOW


def test_kaiga_passes_every_check_that_the_contract_decides(examined: Examined) -> None:
    differing = [each for each in examined.findings if each.verdict is Verdict.DIFFERS]

    assert differing == []
    assert len(examined.findings) > 2 * len(CATALOGUE.list_models())


def test_without_recordings_the_page_says_that_nothing_was_held_against_them() -> None:
    page = make_page(CATALOGUE, Examined())

    assert "There are none yet" in page.partition("## What recordings of the cloud say")[2]


def test_what_recordings_say_is_told_order_by_order() -> None:
    found = Finding(
        name="0001-create-image-synthesis: the end",
        source="2026-11-27-singapore",
        expected="200 as in 0004-query-task",
        seen="usage.characters is missing",
        verdict=Verdict.DIFFERS,
        subject="wan2.5-t2i-preview",
    )

    page = make_page(CATALOGUE, Examined(recorded=[found]))

    told = page.partition("## What recordings of the cloud say")[2]
    assert (
        "| 2026-11-27-singapore | 0001-create-image-synthesis: the end | `wan2.5-t2i-preview` "
        "| differs: usage.characters is missing |"
    ) in told
    assert "There are none yet" not in told


def read() -> str:
    return PAGE.read_text("utf-8")
