"""`kaiga models`: what is offered, and by what."""

import json
from typing import Any

from running import MODEL


def test_the_table_says_that_the_engine_is_no_ai_model(terminal: Any):
    told = terminal.succeed("models")

    row = next(line for line in told.splitlines() if line.startswith(MODEL))
    assert "text-to-image" in row
    assert "async" in row
    assert "sketch (drawn by rules, no AI model)" in row
    assert "1280*1280" in row


def test_json_names_path_and_sizes(quick_terminal: Any):
    models = json.loads(quick_terminal.succeed("models", "--json"))["models"]

    model = next(model for model in models if model["name"] == MODEL)
    assert model["operation"] == "aigc/text2image/image-synthesis"
    assert "1280*1280" in model["sizes"]
    assert model["engine"] == "sketch"
