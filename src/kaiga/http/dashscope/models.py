"""`GET /models`, `/models/limits` and `/quotas`: what is offered, as the contract shows it."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.modalities import list_request_modalities, list_response_modalities
from kaiga.domain.catalogue.model import Model, Product
from kaiga.domain.engines import UNBOUND
from kaiga.domain.errors import LimitsFixed, MethodRefused
from kaiga.domain.keys import Caller
from kaiga.domain.limits import LimitBook, Limits
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.dashscope.engine_names import EngineOf
from kaiga.http.dashscope.queries import read_number, read_query

_USUAL_PAGE = 20
_LARGEST_PAGE = 200
"""The largest page that any list of the real service is known to have (contract/core.md, 12)."""
_MINUTE_SECONDS = 60
_CAPABILITIES: Mapping[Product, tuple[str, ...]] = {
    "image": ("IG",),
    "template": ("IG",),
    "video": ("VG",),
    "judgement": (),
}

Row = dict[str, object]

_encode = msgspec.json.Encoder().encode


class ModelRoutes:
    """Answers what is offered in the caller's region, and what is allowed of it.

    Limits that hold here are told. Of a model for which none holds, those of the real service are.
    """

    def __init__(
        self, *, catalogue: Catalogue, callers: Callers, limits: LimitBook, engine_of: EngineOf
    ) -> None:
        self._catalogue = catalogue
        self._limits = limits
        self._callers = callers
        self._engine_of = engine_of

    async def list_models(self, call: Call) -> Answer:
        """Give one page of the models (contract/core.md, 12: with `code` and `message` null).

        Raises:
            ListQueryInvalid: a page that can't be.
            NotAuthenticated, NotAllowed: see `Callers.identify`.
        """
        caller, asked = await self._read(call)
        models = self._find_models(caller, asked)
        output = _make_page(asked, "models", models, self._make_model)
        envelope = {"code": None, "message": None, "success": True}
        return _answer({**envelope, "request_id": call.request_id, "output": output})

    async def list_limits(self, call: Call) -> Answer:
        """Give one page of the limits (contract/core.md, 6.3).

        Raises:
            LimitsFixed: the call would set some.
            ListQueryInvalid, NotAuthenticated, NotAllowed: see `list_models`.
        """
        if call.method == "POST":
            await self._callers.identify(call)
            raise LimitsFixed
        caller, asked = await self._read(call)
        models = self._find_models(caller, asked)
        output = _make_page(asked, "quotas", models, lambda model: self._make_quota(model, caller))
        return _answer({"request_id": call.request_id, "output": output})

    async def _read(self, call: Call) -> tuple[Caller, Mapping[str, str]]:
        if call.method not in {"GET", "HEAD"}:
            raise MethodRefused(call.method)
        return await self._callers.identify(call), read_query(call)

    def _find_models(self, caller: Caller, asked: Mapping[str, str]) -> Sequence[Model]:
        offered = [
            model for model in self._catalogue.list_models() if self._is_offered(model, caller)
        ]
        named = asked.get("model")
        if named is not None:
            found = self._catalogue.find_model(named)
            offered = [
                msgspec.structs.replace(model, name=named) for model in offered if model is found
            ]
        return [model for model in offered if self._is_wanted(model, asked)]

    def _is_offered(self, model: Model, caller: Caller) -> bool:
        here = not model.regions or caller.region in model.regions
        return here and self._engine_of(model.name) != UNBOUND

    def _is_wanted(self, model: Model, asked: Mapping[str, str]) -> bool:
        """Hold a model against the filters that can be judged here; others are ignored.

        No model has features, or a context window, so asking for some finds nothing.
        """
        if "features" in asked or "context_window" in asked:
            return False
        return asked.get("name", "").casefold() in model.title.casefold() and all(
            name not in asked or not _read_list(asked[name]).isdisjoint(_fold(values))
            for name, values in (
                ("providers", (model.family,)),
                ("inference_providers", (self._engine_of(model.name),)),
                ("capabilities", _CAPABILITIES[model.product]),
            )
        )

    def _make_model(self, model: Model) -> Row:
        return {
            "model": model.name,
            "name": model.title,
            "description": model.description,
            "provider": model.family,
            "inference_provider": self._engine_of(model.name),
            "capabilities": _CAPABILITIES[model.product],
            "features": [],
            "published_time": None,
            "model_info": {},
            "inference_metadata": {
                "request_modality": list_request_modalities(model),
                "response_modality": list_response_modalities(model),
            },
            "prices": [],
        }

    def _make_quota(self, model: Model, caller: Caller) -> Row:
        known = self._catalogue.find_model(model.name) or model
        limits = self._limits.find_limits(caller.principal.account, known.name)
        return {
            "model": model.name,
            "workspace_id": caller.workspace,
            "model_limit": _make_limit(limits) or _make_limit(_documented(model)),
            "workspace_limit": None,
        }


def _documented(model: Model) -> Limits:
    return Limits(
        submissions_per_second=model.limits.submissions_per_second,
        submissions_per_minute=model.limits.submissions_per_minute,
        running_tasks=model.limits.concurrent_tasks,
    )


def _make_limit(limits: Limits) -> Row | None:
    """Make the contract's form, which has room for one rate: of two, the one that allows less."""
    rates = [
        (count, period)
        for count, period in (
            (limits.submissions_per_second, 1),
            (limits.submissions_per_minute, _MINUTE_SECONDS),
        )
        if count is not None
    ]
    if not rates and limits.running_tasks is None and limits.queued_tasks is None:
        return None
    count, period = min(rates, key=lambda rate: rate[0] / rate[1], default=(None, None))
    return {
        "request_limit": count,
        "request_limit_period": period,
        "usage_limit": None,
        "usage_limit_field": None,
        "usage_limit_period": None,
        "async_user_queue_limit": limits.queued_tasks,
        "async_user_concurrency_limit": limits.running_tasks,
    }


def _make_page(
    asked: Mapping[str, str],
    name: str,
    models: Sequence[Model],
    make_row: Callable[[Model], Row],
) -> Row:
    page = read_number("page_no", asked.get("page_no"), 1)
    size = min(_LARGEST_PAGE, read_number("page_size", asked.get("page_size"), _USUAL_PAGE))
    shown = models[(page - 1) * size : page * size]
    rows = [make_row(model) for model in shown]
    return {"total": len(models), "page_no": page, "page_size": size, name: rows}


def _read_list(text: str) -> set[str]:
    return set(_fold(text.split(",")))


def _fold(values: Sequence[str]) -> Sequence[str]:
    return [value.strip().casefold() for value in values]


def _answer(members: Mapping[str, object]) -> Answer:
    return Answer(body=_encode(members), headers=(JSON, NO_STORE))
