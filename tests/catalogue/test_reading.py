"""The data files: the user's own, entries that extend others, and files of another form."""

from pathlib import Path

import pytest

from kaiga.catalogue import read_catalogue
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.fields import IntegerField, ListedSizeField, SideSizeField, TextField
from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import StartRefused
from kaiga.domain.generation import Generation
from kaiga.domain.validation import Faults, OrderRules

FINE_TUNED = """
[[models]]
name = "our-flowers"
aliases = ["flowers"]
extends = "wan2.5-t2i-preview"
title = "Our flower shop's own"
description = "Flowers in our own style."

[models.input.prompt]
max_length = 300

[models.parameters]
n = { maximum = 2, default = 1 }
petals = { type = "integer", minimum = 3, maximum = 12, default = 5 }
"""


def read_own(folder: Path, text: str, name: str = "own.toml") -> Catalogue:
    (folder / name).write_text(text, "utf-8")
    return read_catalogue(folder)


def get_model(catalogue: Catalogue, name: str) -> Model:
    model = catalogue.find_model(name)
    assert model is not None
    return model


def make_entry(more: str = "", name: str = "own") -> str:
    return f"""
[[models]]
name = "{name}"
extends = "wan2.5-t2i-preview"
{more}
"""


def test_a_fine_tuned_model_under_its_own_name_is_offered_beside_the_rest(tmp_path: Path):
    catalogue = read_own(tmp_path, FINE_TUNED)
    model = get_model(catalogue, "flowers")

    assert model.name == "our-flowers"
    assert len(catalogue.list_models()) == len(read_catalogue().list_models()) + 1


def test_a_fine_tuned_model_has_the_rules_of_its_base_but_for_its_own(tmp_path: Path):
    model = get_model(read_own(tmp_path, FINE_TUNED), "our-flowers")
    rules = OrderRules(model, model.endpoints[0])

    checked = rules.check({"prompt": "r" * 400}, {"petals": 8}, 7)
    refused = rules.check({"prompt": "a rose"}, {"petals": 2, "n": 3, "size": "1*1"}, 7)

    assert isinstance(checked, Generation)
    assert (len(checked.prompt), checked.count, checked.options) == (300, 1, {"petals": 8})
    assert (checked.width_pixels, checked.height_pixels) == (1280, 1280)
    assert refused == Faults(
        texts=(
            "Total pixels (1) must be between 589824 and 2073600.",
            "Range of n should be [1, 2]: parameters.n",
            "Range of petals should be [3, 12]: parameters.petals",
        )
    )


def test_a_model_of_ones_own_replaces_one_of_the_same_name(tmp_path: Path):
    catalogue = read_own(tmp_path, make_entry('title = "Mine"', "wanx2.1-t2i-turbo"))

    assert get_model(catalogue, "wanx2.1-t2i-turbo").title == "Mine"
    assert len(catalogue.list_models()) == len(read_catalogue().list_models())


def test_a_model_of_ones_own_may_extend_the_one_that_it_replaces(tmp_path: Path):
    text = """
[[models]]
name = "wan2.2-t2i-plus"
extends = "wan2.2-t2i-plus"

[models.parameters.n]
maximum = 8
"""
    field = get_model(read_own(tmp_path, text), "wan2.2-t2i-plus").parameters["n"]

    assert isinstance(field, IntegerField)
    assert (field.minimum, field.maximum) == (1, 8)


def test_ones_own_limits_on_files_may_be_added_and_changed(tmp_path: Path):
    catalogue = read_own(
        tmp_path,
        """
[limits.img_27]
kind = "image"
max_bytes = 1000

[limits.img_small]
kind = "image"
max_side = 64
""",
    )

    assert catalogue.media_limits["img_27"].max_bytes == 1000
    assert catalogue.media_limits["img_small"].max_side == 64
    assert catalogue.media_limits["img_wan25"].max_side == 5000


def test_files_are_read_in_the_order_of_their_names(tmp_path: Path):
    (tmp_path / "b.toml").write_text(make_entry('title = "second"'), "utf-8")
    (tmp_path / "a.toml").write_text(make_entry('title = "first"'), "utf-8")
    (tmp_path / "notes.txt").write_text("not a catalogue", "utf-8")

    assert get_model(read_catalogue(tmp_path), "own").title == "second"


def test_an_entry_inherits_tables_member_by_member(tmp_path: Path):
    model = get_model(read_own(tmp_path, make_entry('family = "ours"')), "own")
    base = get_model(read_catalogue(), "wan2.5-t2i-preview")

    assert model.family == "ours"
    assert (model.parameters, model.rules, model.usage) == (base.parameters, base.rules, base.usage)


def test_an_entry_inherits_neither_aliases_nor_abstractness(tmp_path: Path):
    text = make_entry('aliases = ["theirs"]') + (
        '\n[[models]]\nname = "child"\nextends = "own"\ntitle = "Child"\n'
    )
    catalogue = read_own(tmp_path, text)

    assert get_model(catalogue, "child").aliases == ()
    assert get_model(catalogue, "theirs").name == "own"


def test_a_field_of_another_type_inherits_nothing(tmp_path: Path):
    more = '[models.parameters.size]\ntype = "listed_size"\nvalues = ["64*64"]'
    field = get_model(read_own(tmp_path, make_entry(more)), "own").parameters["size"]

    assert field == ListedSizeField(values=("64*64",))


def test_members_may_be_left_out(tmp_path: Path):
    more = 'without = ["parameters.seed", "input.prompt.max_length", "parameters.nothing.at.all"]'
    model = get_model(read_own(tmp_path, make_entry(more)), "own")

    assert "seed" not in model.parameters
    assert model.input["prompt"] == TextField(required=True)


def test_the_order_of_members_is_kept_when_one_changes(tmp_path: Path):
    more = '[models.parameters.size]\ntype = "side_size"\nmin_side = 1\nmax_side = 64'
    model = get_model(read_own(tmp_path, make_entry(more)), "own")

    assert list(model.parameters) == ["size", "n", "prompt_extend", "watermark", "seed"]
    assert isinstance(model.parameters["size"], SideSizeField)


def test_a_request_is_given_as_a_whole(tmp_path: Path):
    more = "minimal_request = { parameters = { n = 1 } }"
    model = get_model(read_own(tmp_path, make_entry(more)), "own")

    assert model.minimal_request == {"parameters": {"n": 1}}


def test_an_abstract_entry_is_no_model(tmp_path: Path):
    catalogue = read_own(tmp_path, make_entry("abstract = true"))

    assert catalogue.find_model("own") is None
    assert catalogue.find_model("a picture") is None


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("colour = 3", "unknown field `colour`"),
        ("priority = 7", "Invalid enum value 7"),
        ('[models.parameters.x]\ntype = "colour"', "Invalid value 'colour'"),
        ('[models.parameters.x]\ntype = "integer"\nmaximum = "9"', "$.parameters"),
        ('[models.input.x]\ntype = "media"\nkind = "image"\nrole = "image"\nlimits = "none"',
         "input.x names the limits 'none', which are not in media.toml"),
        (('[models.input.x]\ntype = "object"\nmembers = { y = { type = "media", kind = "image", '
         'role = "image", limits = "none" } }'), "names the limits 'none'"),
        ('usage = { image_count = "pictures" }',
         "usage.image_count tells 'pictures', which is nothing that can be told"),
        ('[[models.rules]]\nrequires = ["input.nothing"]', "a rule names input.nothing"),
        ('[[models.rules]]\nignores = ["input.nothing"]', "a rule names input.nothing"),
        ('[[models.rules]]\ncount_from = "input.nothing"', "a rule names input.nothing"),
        ('size = { table = { "1K" = { "1:1" = "big" } } }',
         "size.table.1K.1:1 is 'big' and no W*H"),
        ('output = { extra = { x = "$nothing" } }', "the option 'nothing' is named"),
        ('size = { left_to_engine = { nothing = ["x"] } }', "the option 'nothing' is named"),
        ('clip = { frames_per_second = 1, rate_option = "nothing" }',
         "the option 'nothing' is named"),
        ('[models.parameters.x]\ntype = "list"\npercent_member = "y"\nitem = { type = "text" }',
         "parameters.x.percent_member names no required text"),
        (('[[models.endpoints]]\noperation = "a/b/c"\nmode = "sync"\n'
         '[[models.endpoints.rules]]\nrequires = ["input.nothing"]'), "a rule names input.nothing"),
    ],
)  # fmt: skip
def test_an_entry_of_another_form_stops_the_start_and_is_named(
    tmp_path: Path, more: str, told: str
):
    with pytest.raises(StartRefused) as refused:
        read_own(tmp_path, make_entry(more))

    assert "own.toml" in str(refused.value)
    assert "'own'" in str(refused.value)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[models]", "own.toml can't be read"),
        ("colour = 3", "own.toml can't be read"),
        ("models = 3", "own.toml can't be read"),
        ('[[models]]\nname = "x"\nextends = "nothing"', "extends 'nothing', which is no model"),
        ('[[models]]\nname = "x"\nextends = "y"\n[[models]]\nname = "y"\nextends = "x"',
         "which is no model"),
    ],
)  # fmt: skip
def test_a_file_of_another_form_stops_the_start(tmp_path: Path, text: str, told: str):
    with pytest.raises(StartRefused, match=r"The catalogue file own\.toml") as refused:
        read_own(tmp_path, text)

    assert told in str(refused.value)


def test_a_file_that_is_no_text_stops_the_start(tmp_path: Path):
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(StartRefused, match=r"own\.toml can't be read"):
        read_catalogue(tmp_path)


def test_a_folder_that_is_none_stops_the_start(tmp_path: Path):
    with pytest.raises(StartRefused, match="which is no folder"):
        read_catalogue(tmp_path / "nowhere")
