"""The navigation of the site: what the front pages list, in their order, under their headings.

A front page is a `README.md` below `docs/`. So the lists are written once, as links that every
reader of Markdown sees, and a page that no front page lists stops the build.
"""

import posixpath
import re
from collections.abc import Iterator

from sphinx.application import Sphinx

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s:#]+)\.md\)")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with the builder."""
    app.connect("source-read", _add_navigation)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _add_navigation(app: Sphinx, name: str, source: list[str]) -> None:
    del app
    if name.startswith("docs/") and posixpath.basename(name) == "README":
        source[0] += "".join(_make_lists(name, source[0]))


def _make_lists(name: str, text: str) -> Iterator[str]:
    folder = posixpath.dirname(name)
    seen = {name, "docs/README"}
    parts = _SECTION.split(text)
    for caption, section in zip(["", *parts[1::2]], parts[::2], strict=True):
        pages = [posixpath.normpath(f"{folder}/{link}") for link in _LINK.findall(section)]
        listed = [page for page in dict.fromkeys(pages) if page not in seen]
        seen.update(listed)
        if listed:
            yield _make_list(caption, listed)


def _make_list(caption: str, pages: list[str]) -> str:
    options = [":hidden:", *([f":caption: {caption}"] if caption else [])]
    entries = [f"/{page}" for page in pages]
    return "\n\n" + "\n".join(["```{toctree}", *options, "", *entries, "```"]) + "\n"
