"""The documents hold together: what they point at is there, and each keeps its form."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from kaiga.settings import list_settings

ROOT = Path(__file__).parents[2]
ADRS = ROOT / "docs" / "adr"
PACKAGE = ROOT / "src" / "kaiga"
ADR_SECTIONS = ["Status", "Context", "Decision", "Consequences", "Alternatives", "Where it shows"]
ADR_STATUSES = re.compile(r"Proposed\.|Accepted\.|Replaced by \[\d{4}\]\(\S+\)\.")

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([^`\n]+)`")
PATH = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.-]*)+")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"\bmake ([a-z][a-z-]*)")
# Where docs/deploy.md puts a service, and a folder of containers: the same on every machine.
INSTALLED = r"(?!opt/kaiga\b|var/lib/kaiga\b|etc/(?:kaiga|systemd)/|tmp(?![\w/]))"
MACHINE_PATH = re.compile(
    rf"(?<![\w.:/~-])/{INSTALLED}(?:work|tmp|root|home|Users|opt|mnt|usr|var|etc)(?:/|\b)"
)

# Folders that exist only once something has been made or started.
MADE_LATER = re.compile(r"demo/|objects/$|\.venv/")


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name_of(document: Path) -> str:
    return str(document.relative_to(ROOT))


def prose_of(document: Path) -> str:
    """The text without fenced code, which is another language."""
    return FENCE.sub("", document.read_text("utf-8"))


def code_of(document: Path) -> str:
    return "\n".join(FENCE.findall(document.read_text("utf-8")))


def anchors_of(document: Path) -> set[str]:
    """The names by which headings are reached, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", prose_of(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", text).strip().lower().replace(" ", "-") for text in headings}


def relative_links(document: Path) -> Iterator[tuple[str, str]]:
    for target in LINK.findall(prose_of(document)):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            yield file, anchor


def is_there(path: str) -> bool:
    """Tell whether a quoted path is in the checkout, or, without `src/kaiga/`, in the package."""
    beside = [ROOT / path, PACKAGE / path, PACKAGE / f"{path}.py"]
    return any(place.exists() for place in beside)


def names_a_path(text: str) -> bool:
    """Tell whether quoted text is a path of ours rather than of a URL or of a key."""
    if not PATH.fullmatch(text) or MADE_LATER.match(text):
        return False
    first = text.split("/", maxsplit=1)[0]
    return (ROOT / first).is_dir() or (PACKAGE / first).is_dir()


def targets_of_makefile() -> set[str]:
    lines = (ROOT / "Makefile").read_text("utf-8").splitlines()
    return {line.partition(":")[0] for line in lines if re.match(r"[a-z-]+:", line)}


def glossary_rows() -> list[list[str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return rows[2:]


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    broken: list[str] = []
    for file, anchor in relative_links(document):
        target = document.parent / file if file else document
        if not target.exists() or (anchor and anchor not in anchors_of(target)):
            broken.append(f"{file}#{anchor}" if anchor else file)

    assert broken == []


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_path_that_is_quoted_exists(document: Path) -> None:
    quoted = {text for text in QUOTED.findall(prose_of(document)) if names_a_path(text)}

    assert {text for text in quoted if not is_there(text)} == set()


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_make_command_is_a_target(document: Path) -> None:
    quoted = "\n".join(QUOTED.findall(prose_of(document)))
    commands = set(MAKE.findall(f"{quoted}\n{code_of(document)}"))

    assert commands - targets_of_makefile() == set()


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_setting_that_is_named_exists(document: Path) -> None:
    others = {"KAIGA_CONFIG", "KAIGA_EMULATOR_URL", "KAIGA_TEST_EDITION"}
    known = {name for name, _, _ in list_settings()} | others
    named = set(re.findall(r"\bKAIGA_[A-Z_]+\b", document.read_text("utf-8")))

    assert named - known == set()


def test_every_target_of_the_makefile_is_told() -> None:
    told = set(
        re.findall(r"^\| `make ([a-z-]+)` \|", prose_of(ROOT / "CONTRIBUTING.md"), re.MULTILINE)
    )

    assert told == targets_of_makefile() - {"help"}


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_no_document_names_a_path_of_one_machine(document: Path) -> None:
    assert MACHINE_PATH.findall(document.read_text("utf-8")) == []


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_every_document_begins_with_its_title_and_has_only_one(document: Path) -> None:
    titles = re.findall(r"^# .+$", prose_of(document), re.MULTILINE)

    assert len(titles) == 1
    assert document.read_text("utf-8").startswith(titles[0])


def test_the_readme_gives_the_two_commands_as_code() -> None:
    blocks = FENCE.findall((ROOT / "README.md").read_text("utf-8"))

    assert "```sh\nmake demo\n```" in blocks
    assert "```sh\nmake test\n```" in blocks


def test_every_page_is_on_a_front_page() -> None:
    docs = ROOT / "docs"
    listed = {
        (front.parent / file).resolve()
        for front in docs.rglob("README.md")
        for file, _ in relative_links(front)
    }
    pages = set(docs.rglob("*.md")) - {docs / "README.md"}

    assert pages - listed == set()


def test_every_term_of_the_glossary_is_defined_once_and_in_order_of_its_letter() -> None:
    terms = [row[0] for row in glossary_rows()]

    assert {term for term, times in Counter(terms).items() if times > 1} == set()
    assert [term[0] for term in terms] == sorted(term[0] for term in terms)


def test_every_row_of_the_glossary_is_whole() -> None:
    assert [row for row in glossary_rows() if len(row) != 3 or not all(row)] == []


@pytest.mark.parametrize("adr", sorted(ADRS.glob("[0-9]*.md")), ids=name_of)
def test_every_decision_has_its_sections_and_a_status(adr: Path) -> None:
    text = prose_of(adr)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    status = text.partition("## Status\n")[2].partition("\n## ")[0].strip()

    assert headings == ADR_SECTIONS
    assert ADR_STATUSES.fullmatch(status)


@pytest.mark.parametrize("adr", sorted(ADRS.glob("[0-9]*.md")), ids=name_of)
def test_the_title_of_a_decision_has_its_number(adr: Path) -> None:
    assert adr.read_text("utf-8").startswith(f"# {adr.name[:4]}: ")


def test_decisions_are_numbered_without_gaps_and_listed() -> None:
    files = sorted(file.name for file in ADRS.glob("[0-9]*.md"))
    listed = {file for file, _ in relative_links(ADRS / "README.md")}

    assert [int(name[:4]) for name in files] == list(range(1, len(files) + 1))
    assert set(files) - listed == set()


def test_every_package_of_pyproject_has_its_licence_listed() -> None:
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    wanted = re.findall(r'^    "([a-z0-9-]+)(?:\[[a-z]+\])?[>=]=', pyproject, re.MULTILINE)
    page = (ROOT / "docs" / "licences.md").read_text("utf-8").lower()

    assert {name for name in wanted if name not in page} == set()
