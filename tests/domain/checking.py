"""One small model at a time, to see what its rules make of an order."""

from collections.abc import Mapping

from kaiga.domain.catalogue.fields import Field
from kaiga.domain.catalogue.model import Endpoint, Model, Output
from kaiga.domain.catalogue.rules import OrderRule
from kaiga.domain.generation import Generation
from kaiga.domain.validation import Faults, OrderRules

DRAWN_SEED = 123


def make_model(
    order_input: Mapping[str, Field] | None = None,
    parameters: Mapping[str, Field] | None = None,
    rules: tuple[OrderRule, ...] = (),
) -> Model:
    return Model(
        name="small",
        family="small",
        title="small",
        product="image",
        task="text-to-image",
        endpoints=(Endpoint(operation="a/b/c", mode="async"),),
        input=order_input or {},
        parameters=parameters or {},
        rules=rules,
        output=Output(shape="results"),
        usage={},
    )


def check_order(
    model: Model, order_input: object = None, parameters: object = None
) -> Generation | Faults:
    return OrderRules(model, model.endpoints[0]).check(order_input, parameters, DRAWN_SEED)


def accept_order(model: Model, order_input: object = None, parameters: object = None) -> Generation:
    checked = check_order(model, order_input, parameters)
    assert isinstance(checked, Generation), checked.message
    return checked


def refuse_order(model: Model, order_input: object = None, parameters: object = None) -> str:
    checked = check_order(model, order_input, parameters)
    assert isinstance(checked, Faults), checked
    return checked.message


def take(field: Field, value: object) -> object:
    """What a field makes of a value: the option that an engine gets."""
    return accept_order(make_model(parameters={"x": field}), None, {"x": value}).options.get("x")


def tell(field: Field, value: object) -> str:
    """What is told of a value that a field does not take."""
    return refuse_order(make_model(parameters={"x": field}), None, {"x": value})
