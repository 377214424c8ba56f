"""`kaiga models`: what is offered, and by what."""

import json
from typing import Any

from kaiga.catalogue import read_catalogue
from running import MODEL


def test_the_table_says_that_the_engine_is_no_ai_model(terminal: Any):
    told = terminal.succeed("models")

    heading, *lines = told.splitlines()
    row = next(line for line in lines if line.startswith(MODEL))
    assert f"{len(read_catalogue().list_models())} models" in heading
    assert "sketch (drawn by rules, no AI model)" in heading
    assert row.split() == [MODEL, "text-to-image", "async", "known"]


def test_json_names_paths_with_their_modes_and_sizes(quick_terminal: Any):
    models = json.loads(quick_terminal.succeed("models", "--json"))["models"]

    model = next(model for model in models if model["name"] == MODEL)
    assert model["endpoints"] == [{"operation": "aigc/text2image/image-synthesis", "mode": "async"}]
    assert "1280*1280" in model["sizes"]
    assert model["engine"] == "sketch"
