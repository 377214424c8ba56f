"""The process's own side: `python -m kaiga.store.sqlite.inserting.child DATABASE PARENT`."""

import sys
from pathlib import Path

import apsw

from kaiga.child_processes.frames import make_frame
from kaiga.child_processes.parent_streams import (
    end_with_parent,
    serve_frames,
    take_output,
    write_frames,
)
from kaiga.store.sqlite.connecting import open_connection, transaction
from kaiga.store.sqlite.inserting.messages import (
    Inserted,
    InsertMessage,
    NotInserted,
    Ready,
    decode_rows,
)
from kaiga.store.sqlite.task_rows import LARGEST_INSERT, insert_tasks


def run_insert_child(database: Path, parent_id: int) -> None:
    """Insert what standard input brings, batch after batch, until its end."""
    end_with_parent(parent_id)
    output = take_output()
    connection = open_connection(database)

    def tell(message: InsertMessage) -> None:
        write_frames(output, make_frame(message))

    tell(Ready())
    serve_frames(lambda content: tell(_insert(connection, content)))


def _insert(connection: apsw.Connection, content: bytes) -> InsertMessage:
    rows = decode_rows(content).rows
    try:
        if len(rows) <= LARGEST_INSERT:  # one statement, which is a transaction by itself
            insert_tasks(connection, rows)
        else:
            with transaction(connection):
                insert_tasks(connection, rows)
    except apsw.Error as error:
        return NotInserted(reason=str(error))
    return Inserted()


if __name__ == "__main__":
    run_insert_child(Path(sys.argv[1]), int(sys.argv[2]))
