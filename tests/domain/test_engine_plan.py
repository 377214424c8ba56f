"""Which engine is to answer what."""

from kaiga.domain.engines import SKETCH, UNBOUND, Binding, EnginePlan, EngineSpec

GPU, CLOUD = EngineSpec(name="gpu", kind="diffusers"), EngineSpec(name="cloud", kind="model-studio")


def test_without_engines_sketch_answers_every_model():
    plan = EnginePlan(["a", "b"])

    assert [spec.name for spec in plan.specs] == [SKETCH]
    assert plan.first_of("a") == plan.first_of("b") == SKETCH


def test_an_engine_that_nothing_is_bound_to_changes_nothing():
    plan = EnginePlan(["a"], [GPU])

    assert [spec.name for spec in plan.specs] == [SKETCH]


def test_with_one_binding_the_other_models_have_no_engine():
    plan = EnginePlan(["a", "b"], [GPU, CLOUD], [Binding(model="a", engines=("gpu", "cloud"))])

    assert plan.engines_of("a") == ("gpu", "cloud")
    assert plan.engines_of("b") == ()
    assert plan.first_of("b") == UNBOUND
    assert {spec.name for spec in plan.specs} == {"gpu", "cloud"}


def test_sketch_can_be_bound_by_its_name_alone():
    plan = EnginePlan(["a", "b"], [], [Binding(model="a", engines=(SKETCH,))])

    assert plan.first_of("a") == SKETCH
    assert plan.first_of("b") == UNBOUND
