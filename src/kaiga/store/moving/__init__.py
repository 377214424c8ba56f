"""Moves all rows of a SQLite file into an empty PostgreSQL, where more than one node can use them.

It must never change a row of the file, and never leave a target that looks whole and is not.
"""

from kaiga.store.moving.moving import Moved, move_rows
from kaiga.store.moving.source import open_source

__all__ = ["Moved", "move_rows", "open_source"]
