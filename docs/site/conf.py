"""How the documents become a site; `make docs` builds it, and any warning stops the build.

The documents stay plain Markdown that reads well where the repository is shown: what the site needs
beyond that is added here and in the modules beside this one, and not written into the pages.
"""

import sys
from pathlib import Path

from kaiga import __version__

sys.path.insert(0, str(Path(__file__).parent))

project = "Kaiga"
author = "The Kaiga project"
version = release = __version__
language = "en"

extensions = ["myst_parser", "navigation", "page_languages", "search_words"]
root_doc = "docs/README"
include_patterns = ["README*.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/**"]
exclude_patterns = [
    ".*",
    "benchmarks",
    "build",
    "demo",
    "deploy",
    "dist",
    "docs/site",
    "kaiga-data",
    "requirements",
    "src",
    "tests",
]

myst_heading_anchors = 4
# Names of hosts and files in the text are meant as they stand.
myst_enable_extensions: list[str] = []

html_theme = "furo"
html_title = f"Kaiga {release}"
html_extra_path = ["index.html"]
html_search_language = "cjk"
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
# The same sources always give the same pages.
html_last_updated_fmt = None
