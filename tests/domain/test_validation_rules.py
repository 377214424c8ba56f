"""Rules between members: each kind kept, broken, and out of force."""

import pytest

from domain.checking import accept_order, check_order, make_model, refuse_order
from kaiga.domain.catalogue.fields import (
    AreaSizeField,
    BooleanField,
    ChoiceField,
    IntegerField,
    ListedMedia,
    ListField,
    MediaField,
    MediaListField,
    MediaOfType,
    TextField,
    TypedMediaField,
)
from kaiga.domain.catalogue.model import Endpoint, Model, Output
from kaiga.domain.catalogue.rules import Bounds, Condition, OrderRule, Total
from kaiga.domain.generation import Generation
from kaiga.domain.validation import Faults, OrderRules

INPUT = {
    "prompt": TextField(),
    "mask": MediaField(kind="image", role="mask"),
    "pictures": MediaListField(kinds={"image": ListedMedia(role="image")}),
    "media": TypedMediaField(
        types={
            "first": MediaOfType(kind="image", role="first_frame"),
            "last": MediaOfType(kind="image", role="last_frame"),
            "clip": MediaOfType(kind="video", role="first_clip"),
        }
    ),
}
PARAMETERS = {
    "function": ChoiceField(values=("edit", "paint"), default="paint"),
    "n": IntegerField(minimum=1, maximum=4, default=4),
    "most": IntegerField(minimum=1, maximum=5, default=5),
    "extend": BooleanField(default=True),
    "size": AreaSizeField(min_pixels=1, max_pixels=400, tiers=("1K", "2K"), default="2K"),
    "kinds": ListField(item=TextField()),
}
URL = "https://example.org/a.png"
EDIT = Condition(equals={"parameters.function": ("edit",)})


def make_ruled(*rules: OrderRule) -> Model:
    return make_model(INPUT, PARAMETERS, rules)


def test_a_condition_holds_when_every_part_of_it_does():
    condition = Condition(
        equals={"parameters.function": ("edit", "paint"), "parameters.extend": (True,)},
        has=("input.prompt",),
        has_any=("input.mask", "input.pictures"),
        lacks=("input.media.clip",),
    )
    model = make_ruled(OrderRule(when=condition, requires=("parameters.kinds",)))
    holding = {"prompt": "a cat", "mask": URL, "media": [{"type": "first", "url": URL}]}

    assert refuse_order(model, holding) == "Field required: parameters.kinds"
    assert accept_order(model, {**holding, "prompt": ""})
    assert accept_order(model, {**holding, "mask": None})
    assert accept_order(model, holding, {"extend": False})
    assert accept_order(model, {**holding, "media": [{"type": "clip", "url": URL}]})


@pytest.mark.parametrize("nothing", [None, "", [], {}])
def test_what_is_empty_was_not_given(nothing: object):
    model = make_ruled(OrderRule(requires_one_of=("input.pictures", "input.prompt")))

    given = {"pictures": nothing if nothing in (None, []) else None, "prompt": ""}

    assert refuse_order(model, given) == "Field required: input.pictures"


def test_a_default_was_not_given_though_it_has_a_value():
    model = make_ruled(OrderRule(requires=("parameters.n",)))

    assert refuse_order(model) == "Field required: parameters.n"
    assert accept_order(model, None, {"n": 2})


def test_a_switch_that_is_off_was_given_all_the_same():
    model = make_ruled(OrderRule(requires=("parameters.extend",)))

    assert accept_order(model, None, {"extend": False})


def test_every_required_member_is_told():
    model = make_ruled(OrderRule(when=EDIT, requires=("input.prompt", "input.mask")))

    assert refuse_order(model, None, {"function": "edit"}) == (
        "Field required: input.prompt & Field required: input.mask"
    )
    assert accept_order(model, None, {"function": "paint"})


def test_one_of_several_is_enough():
    model = make_ruled(OrderRule(requires_one_of=("input.prompt", "input.media.first")))

    assert accept_order(model, {"prompt": "a cat"})
    assert accept_order(model, {"media": [{"type": "first", "url": URL}]})
    assert refuse_order(model, {"media": [{"type": "last", "url": URL}]}) == (
        "Field required: input.prompt"
    )


def test_a_forbidden_member_is_told():
    model = make_ruled(OrderRule(when=EDIT, forbids=("input.mask",)))

    assert refuse_order(model, {"mask": URL}, {"function": "edit"}) == (
        "Not supported here: input.mask"
    )
    assert accept_order(model, {"mask": URL})


def test_only_some_values_may_be_allowed():
    model = make_ruled(
        OrderRule(when=Condition(has=("input.mask",)), values={"parameters.function": ("edit",)})
    )

    assert accept_order(model, {"mask": URL}, {"function": "edit"})
    assert refuse_order(model, {"mask": URL}) == "Input should be 'edit': parameters.function"


def test_an_absent_member_keeps_to_any_values():
    model = make_ruled(OrderRule(values={"parameters.kinds": ("x",)}))

    assert accept_order(model)


def test_a_rules_own_text_is_told_once():
    rule = OrderRule(requires=("input.prompt", "input.mask"), fault="Prompt and mask, please")

    assert refuse_order(make_ruled(rule)) == "Prompt and mask, please"


def test_other_bounds_and_another_default_hold_where_the_rule_does():
    bounds = {"parameters.n": Bounds(minimum=1, maximum=12, default=12)}
    model = make_ruled(OrderRule(when=EDIT, bounds=bounds))

    assert accept_order(model, None, {"function": "edit"}).count == 12
    assert accept_order(model, None, {"function": "edit", "n": 7}).count == 7
    assert accept_order(model).count == 4
    assert refuse_order(model, None, {"function": "edit", "n": 13}) == (
        "Range of n should be [1, 12]: parameters.n"
    )
    assert refuse_order(model, None, {"n": 5}) == "Range of n should be [1, 4]: parameters.n"


def test_bounds_without_a_default_leave_the_fields_own():
    bounds = {"parameters.n": Bounds(minimum=1, maximum=2)}

    assert accept_order(make_ruled(OrderRule(bounds=bounds))).count == 4


def test_the_first_bounds_that_hold_count():
    model = make_ruled(
        OrderRule(when=EDIT, bounds={"parameters.n": Bounds(minimum=1, maximum=1)}),
        OrderRule(bounds={"parameters.n": Bounds(minimum=1, maximum=9)}),
    )

    assert accept_order(model, None, {"n": 9}).count == 9
    assert "[1, 1]" in refuse_order(model, None, {"function": "edit", "n": 9})


def test_a_smaller_area_may_be_allowed():
    model = make_ruled(OrderRule(when=EDIT, max_pixels=100))

    assert accept_order(model, None, {"function": "edit", "size": "10*10"})
    assert accept_order(model, None, {"size": "20*20"})
    assert refuse_order(model, None, {"function": "edit", "size": "10*11"}) == (
        "Total pixels (110) must be between 1 and 100."
    )


def test_fewer_tiers_may_be_allowed():
    model = make_ruled(OrderRule(when=EDIT, tiers=("1K",)))

    assert accept_order(model, None, {"function": "edit", "size": "1K"})
    assert accept_order(model, None, {"function": "edit", "size": "20*20"})
    assert refuse_order(model, None, {"function": "edit"}) == (
        "Size 2K is not supported for t2i scenario. Maximum supported size is 1K"
    )


def test_a_rules_text_may_say_what_was_asked_for():
    rule = OrderRule(max_pixels=100, fault="{value}: {width} x {height} = {pixels} > {maximum}")

    assert refuse_order(make_ruled(rule), None, {"size": "20*20"}) == "20*20: 20 x 20 = 400 > 100"


def test_items_of_several_types_are_counted_together():
    total = Total(of=("input.media.first", "input.media.last"), minimum=1, maximum=2)
    model = make_ruled(OrderRule(when=Condition(has=("input.media",)), total=total))

    def order(*types: str) -> dict[str, object]:
        return {"media": [{"type": name, "url": URL} for name in types]}

    assert accept_order(model, order("first", "last", "clip"))
    assert refuse_order(model, order("clip")) == (
        "input.media.first and input.media.last must contain 1 to 2 items together. Got 0."
    )
    assert refuse_order(model, order("first", "first", "last")).endswith("Got 3.")


def test_a_rules_text_may_say_how_many_there_are():
    total = Total(of=("input.pictures",), minimum=1, maximum=1)
    model = make_ruled(OrderRule(total=total, fault="Got {count} images."))

    assert refuse_order(model, {"pictures": [URL, URL]}) == "Got 2 images."


@pytest.mark.parametrize(
    ("pictures", "kinds", "fits"),
    [(0, 0, True), (1, 1, True), (2, 2, True), (1, 0, True), (2, 0, False), (2, 1, False),
     (1, 2, False), (0, 1, False)],
)  # fmt: skip
def test_two_lists_are_to_be_as_long(pictures: int, kinds: int, fits: bool):
    rule = OrderRule(same_length=("input.pictures", "parameters.kinds"))

    checked = check_order(
        make_ruled(rule), {"pictures": [URL] * pictures}, {"kinds": ["obj"] * kinds}
    )

    assert isinstance(checked, Generation) is fits
    if isinstance(checked, Faults):
        assert checked.message == "input.pictures and parameters.kinds must be the same length."


def test_only_some_sets_of_types_may_be_given_together():
    rule = OrderRule(
        when=Condition(has=("input.media",)), media_sets=(("first",), ("first", "last"))
    )

    def order(*types: str) -> dict[str, object]:
        return {"media": [{"type": name, "url": URL} for name in types]}

    assert accept_order(make_ruled(rule), order("last", "first"))
    assert accept_order(make_ruled(rule))
    assert refuse_order(make_ruled(rule), order("first", "clip")) == (
        "These types can't be given together: clip, first: input.media"
    )


def test_an_ignored_member_is_as_if_it_had_not_been_given():
    rule = OrderRule(when=EDIT, ignores=("input.mask", "parameters.kinds", "input.media"))
    order = {"mask": URL, "pictures": [URL], "media": [{"type": "first", "url": URL}]}

    ignoring = accept_order(make_ruled(rule), order, {"function": "edit", "kinds": ["a"]})
    keeping = accept_order(make_ruled(rule), order, {"kinds": ["a"]})

    assert [each.role for each in ignoring.media] == ["image"]
    assert "kinds" not in ignoring.options
    assert [each.role for each in keeping.media] == ["mask", "image", "first_frame"]
    assert keeping.options["kinds"] == ["a"]


def test_an_ignored_member_breaks_no_later_rule():
    model = make_ruled(
        OrderRule(when=EDIT, ignores=("input.mask",)), OrderRule(forbids=("input.mask",))
    )

    assert accept_order(model, {"mask": URL}, {"function": "edit"})
    assert refuse_order(model, {"mask": URL}) == "Not supported here: input.mask"


def test_another_member_may_tell_how_many_results_there_are():
    model = make_ruled(OrderRule(when=EDIT, count_from="parameters.most"))

    assert accept_order(model, None, {"function": "edit", "n": 2, "most": 3}).count == 3
    assert accept_order(model, None, {"function": "edit"}).count == 5
    assert accept_order(model, None, {"n": 2, "most": 3}).count == 2


def test_rules_are_not_looked_at_before_each_member_is_sound():
    model = make_ruled(OrderRule(requires=("input.prompt",)))

    assert refuse_order(model, None, {"n": 9}) == "Range of n should be [1, 4]: parameters.n"


def test_the_rules_of_an_endpoint_hold_there_and_not_elsewhere():
    stream = {"stream": BooleanField(default=False)}
    rule = OrderRule(values={"parameters.stream": (True,)}, fault="no stream")
    here = Endpoint(operation="a/b/c", mode="sync", rules=(rule,))
    elsewhere = Endpoint(operation="a/b/d", mode="async")
    model = Model(
        name="m", family="f", title="t", product="image", task="text-to-image",
        endpoints=(here, elsewhere), parameters=stream, output=Output(shape="choices"), usage={},
    )  # fmt: skip

    assert OrderRules(model, here).check({}, {}, 0) == Faults(texts=("no stream",))
    assert isinstance(OrderRules(model, here).check({}, {"stream": True}, 0), Generation)
    assert isinstance(OrderRules(model, elsewhere).check({}, {}, 0), Generation)


def test_a_poster_has_its_prompt_from_either_language():
    members = {"prompt_text_zh": TextField(), "prompt_text_en": TextField()}
    model = make_model(members)

    assert accept_order(model, {"prompt_text_zh": "花园"}).prompt == "花园"
    assert accept_order(model, {"prompt_text_en": "a garden"}).prompt == "a garden"
    assert accept_order(model, {"prompt_text_zh": "花", "prompt_text_en": "b"}).prompt == "花"
