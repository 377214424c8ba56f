"""Every trap of contract/clients.md, 1, has a test: docstrings begin with `Trap N`."""

import ast
import re
from pathlib import Path

TRAPS = range(1, 30)


def read_traps(file: Path) -> set[int]:
    """Give the numbers that the docstrings of a file's tests begin with."""
    return {
        int(found[1])
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        if (found := re.match(r"Trap (\d+)\b", ast.get_docstring(node) or ""))
    }


def test_every_trap_has_a_test():
    files = Path(__file__).parent.glob("test_*.py")

    tested = set().union(*(read_traps(file) for file in files))

    assert tested == set(TRAPS)
