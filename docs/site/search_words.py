"""The words of the search, in English, Japanese and Chinese at once.

Japanese and Chinese put no spaces between words. Instead of a dictionary for each, their runs of
letters are cut into overlapping pairs, in the index and in the query alike.
"""

import re

from sphinx.application import Sphinx
from sphinx.search import SearchEnglish

_PAIR = 2
_SCRIPTS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_SCRIPTS}]+|[^\W{_SCRIPTS}]+")
_CJK = re.compile(f"[{_SCRIPTS}]")


class SearchCjk(SearchEnglish):
    """English as Sphinx has it; Japanese and Chinese in pairs of letters."""

    lang = "cjk"
    js_splitter_code = f"""\
var splitQuery = (() => {{
  const cjk = /[{_SCRIPTS}]/;
  const words = /[{_SCRIPTS}]+|(?:(?![{_SCRIPTS}])[\\p{{L}}\\p{{N}}_])+/gu;
  const cut = (word) =>
    word.length <= {_PAIR} || !cjk.test(word)
      ? [word]
      : [...word].slice(1).map((_, at) => word.slice(at, at + {_PAIR}));
  return (query) => (query.match(words) || []).flatMap(cut);
}})();
"""

    def split(self, input: str) -> list[str]:  # noqa: A002  the base class's name
        """Cut a text into words and pairs."""
        return [part for word in _WORD.findall(input) for part in _cut(word)]


def _cut(word: str) -> list[str]:
    if len(word) <= _PAIR or not _CJK.match(word):
        return [word]
    return [word[at : at + _PAIR] for at in range(len(word) - 1)]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with the builder."""
    app.add_search_language(SearchCjk)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
