"""No log line holds a key, a signature or the words of an order, wherever they come from."""

import io
import json
import logging
import sys

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from kaiga.telemetry import configure_logging
from kaiga.telemetry.silence import HIDDEN, hide_in_text

PROMPT = 'a "blue" cat,\nin the rain'


def choke_on(prompt: str) -> None:
    raise ValueError(f"bad: {json.dumps(prompt)} {prompt} Bearer sk-abcdefghij")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abcdef", f"Authorization: Bearer {HIDDEN}"),
        ("the key sk-0123456789abcdef is bad", f"the key {HIDDEN} is bad"),
        ("https://h/1d/x.png?Expires=1&Signature=a%2Bb", f"https://h/1d/x.png?{HIDDEN}"),
        ("GET /1d/x.png?Signature=a%2Bb&Expires=1", f"GET /1d/x.png?Signature={HIDDEN}&Expires=1"),
        ("data:image/png;base64,iVBORw0KGgo=", f"data:image/png;base64,{HIDDEN}"),
        ("webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ", f"webhook-signature: v1,{HIDDEN}"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", HIDDEN),
        ("nothing of the kind in a task-list", "nothing of the kind in a task-list"),
    ],
)
def test_keys_and_signatures_are_hidden(text: str, expected: str):
    assert hide_in_text(text) == expected


def test_a_short_prompt_is_hidden_as_a_word_and_not_within_others():
    assert hide_in_text("cat: catalogue", ["cat"]) == f"{HIDDEN}: catalogue"
    assert hide_in_text("ValueError: 春天的花", ["春天的花"]) == f"ValueError: {HIDDEN}"


@pytest.mark.parametrize("as_json", [True, False])
def test_no_line_quotes_an_order_however_an_error_writes_it(as_json: bool, monkeypatch):
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    before = logging.getLogger().handlers[:]
    configure_logging("info", as_json=as_json)
    try:
        with bound_contextvars(task_id="t-1", unspeakable=[PROMPT]):
            log = structlog.get_logger("test")
            log.warning("the engine crashed", reason=f"no idea of {PROMPT!r}", seen=[PROMPT])
            try:
                choke_on(PROMPT)
            except ValueError:
                log.exception("a bug")
            logging.getLogger("httpx").warning("GET /x?Signature=abcdefghij %s", PROMPT)
    finally:
        structlog.reset_defaults()
        logging.basicConfig(handlers=before, force=True)

    lines = written.getvalue()
    assert "blue" not in lines
    assert "abcdefghij" not in lines
    assert lines.count("t-1") == 3
    assert "ValueError" in lines
    assert "unspeakable" not in lines
