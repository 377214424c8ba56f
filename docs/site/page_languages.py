"""The language of each page, for browsers and screen readers: it is in its path."""

import re
from typing import Any

from sphinx.application import Sphinx

_LANGUAGE = re.compile(r"^docs/(ja|zh)/|^README\.(ja|zh)$")
_TAGS = {"ja": "ja", "zh": "zh-Hans"}


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with the builder."""
    app.connect("html-page-context", _set_language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _set_language(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: object
) -> None:
    del app, template, doctree
    found = _LANGUAGE.match(name)
    if found:
        context["language"] = _TAGS[found[1] or found[2]]
