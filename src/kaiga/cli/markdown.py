"""Tables of the pages that are made from code."""

from collections.abc import Iterator, Sequence


def make_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Make the lines of a table, and an empty one after it."""
    yield _make_row(headings)
    yield _make_row(["---"] * len(headings)).replace(" ", "")
    yield from (_make_row(row) for row in rows)
    yield ""


def _make_row(cells: Sequence[str]) -> str:
    # An empty cell keeps one space, as the other tables of the documents have it.
    return "".join(["|", *(f" {cell} |" if cell else " |" for cell in map(_escape, cells))])


def _escape(cell: str) -> str:
    return cell.replace("\\|", "|").replace("|", "\\|").replace("\n", " ")
