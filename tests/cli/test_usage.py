"""`kaiga usage`: as a table, as JSON and as CSV."""

import csv
import json
from typing import Any

from running import MODEL, RunningKaiga


def test_what_was_used_is_told_in_three_forms(
    quick_terminal: Any, server: RunningKaiga, at_server: dict[str, str]
):
    with server.client() as client:
        server.wait_for_end(client, server.submit(client))

    told = json.loads(
        quick_terminal.succeed("usage", "--by", "model", "--json", settings=at_server)
    )
    table = quick_terminal.succeed("usage", settings=at_server).splitlines()
    rows = quick_terminal.succeed("usage", "--by", "model", "--csv", settings=at_server)

    [line] = [line for line in told["usage"] if line["model"] == MODEL]
    assert line["images"] >= 1
    assert table[0].split() == ["Day", "Model", "Tasks", "Images", "Clips", "Seconds"]
    assert [told["to"], MODEL] in [line.split()[:2] for line in table[1:]]
    assert {row["model"]: row["images"] for row in csv.DictReader(rows.splitlines())}[MODEL] == str(
        line["images"]
    )


def test_a_day_that_is_none_is_refused_in_words(quick_terminal: Any, at_server: dict[str, str]):
    told = quick_terminal.fail("usage", "--from", "soon", settings=at_server)

    assert told == "InvalidParameter: from must be a day such as 2026-05-02."
