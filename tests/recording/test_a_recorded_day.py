"""A whole day is recorded against a real Kaiga, and replayed with that Kaiga gone."""

import re

from recording.a_day import Day
from running import KEY


def test_every_answer_has_the_same_bytes_and_headers(recorded: Day, replayed: Day):
    assert len(recorded.seen) > 20
    assert replayed.seen == recorded.seen


def test_programs_of_the_sdk_meet_the_same(recorded: Day, replayed: Day):
    assert replayed.sdk == recorded.sdk


def test_links_of_results_lead_through_the_recorder(recorded: Day):
    assert all(link.startswith(f"http://127.0.0.1:{recorded.port}/") for link in recorded.links)


def test_no_secret_is_in_any_file(recorded: Day):
    written = b"\n".join(file.read_bytes() for file in recorded.folder.iterdir())

    assert KEY.encode() not in written
    assert b"sk-wrong" not in written
    assert b"Bearer" not in written
    assert set(re.findall(rb"Signature=([^\"&\\]+)", written)) == {b"scrubbed"}
    assert set(re.findall(rb"\"token\": \"(.*)\"", written)) == {b"st-recorded-token-1"}
    assert re.findall(rb'"(?:signature|policy|caller_uid)": "(?!recorded-)', written) == []
    assert b"1000000000000001" not in written


def test_the_files_are_named_after_what_was_done(recorded: Day):
    names = {re.sub(r"^\d+-", "", file.name) for file in recorded.folder.iterdir()}

    assert {
        "create-image-synthesis.json",
        "query-task.json",
        "cancel-task.json",
        "list-tasks.json",
        "get-upload-policy.json",
        "make-temporary-key.json",
        "upload.json",
        "upload.sent.png",
        "download.json",
        "download.png",
        "index.jsonl",
    } <= names
