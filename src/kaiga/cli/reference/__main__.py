"""`python -m kaiga.cli.reference`: writes the pages, in the working folder's docs/reference/."""

from kaiga.cli.reference import FOLDER, PAGES


def run() -> None:
    """Write every page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in PAGES.items():
        (FOLDER / name).write_text(make(), "utf-8")


if __name__ == "__main__":
    run()
