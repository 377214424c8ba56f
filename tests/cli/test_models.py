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
    assert row.split() == [MODEL, "text-to-image", "async", "known", "sketch"]


def test_json_names_paths_with_their_modes_and_sizes(quick_terminal: Any):
    models = json.loads(quick_terminal.succeed("models", "--json"))["models"]

    model = next(model for model in models if model["name"] == MODEL)
    assert model["endpoints"] == [{"operation": "aigc/text2image/image-synthesis", "mode": "async"}]
    assert "1280*1280" in model["sizes"]
    assert model["engine"] == "sketch"


def test_one_model_is_shown_with_what_it_takes(quick_terminal: Any):
    told = quick_terminal.succeed("models", "wan2.7-i2v")

    row = next(line for line in told.splitlines() if line.startswith("input.media.first_clip"))
    assert "video (limits vid_first_clip); at most 1 items" in row
    assert "POST services/aigc/video-generation/video-synthesis  (makes a task" in told
    assert "input.media only first_frame | first_frame + driving_audio | " in told
    assert "- vid_first_clip: mp4, mov; at most 100 MiB; each side 240 to 4096 pixels" in told
    assert "- Public clients send img_url to this model too" in told


def test_json_of_one_model_has_its_members_as_data(quick_terminal: Any):
    told = json.loads(quick_terminal.succeed("models", "wan2.5-t2i-preview", "--json"))

    (call,) = told["calls"]
    assert call["input"]["prompt"] == {"type": "text", "required": True, "max_length": 2000} | {
        name: value for name, value in call["input"]["prompt"].items() if not value
    } | {"chinese_counts": 1}
    assert told["usage"] == {"image_count": "count"}


def test_a_model_that_is_not_there_is_told(quick_terminal: Any):
    assert quick_terminal.fail("models", "wan9", status=2).startswith("There is no model wan9.")
