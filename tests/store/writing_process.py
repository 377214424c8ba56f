"""Adds tasks to the database in the folder given, many at once, and tells each id once it is safe.

A program: a test starts it and kills it.
"""

import asyncio
import os
import sys
from itertools import count
from pathlib import Path

from domain.samples import make_new
from store.opened import OpenedSqlite


async def main() -> None:
    store = OpenedSqlite(Path(sys.argv[1]))
    numbers = count()

    async def add_for_ever() -> None:
        for number in numbers:
            new = make_new(number, request=b"x" * (number % 3000))
            await store.tasks.add(new)
            os.write(1, f"{new.task.id}\n".encode())

    async with asyncio.TaskGroup() as group:
        for _ in range(32):
            group.create_task(add_for_ever())


asyncio.run(main())
