"""Orders that are refused at the POST: none of them makes a task, so none can be billed."""

from collections.abc import Iterator, Sequence

from kaiga.cli.conformance.checking import Check, Finding, Refusal, check_refusal, judge
from kaiga.cli.conformance.patterns import Text, find_differences
from kaiga.cli.conformance.target import Request, Shown, Target

_CREATE = "services/aigc/text2image/image-synthesis"
_ASYNC = {"X-DashScope-Async": "enable"}
_NO_MODEL = "no-such-model"
_MODEL_UNKNOWN = (
    Refusal(status=400, code="InvalidParameter", message="Model not exist."),
    Refusal(status=404, code="ModelNotFound", message=""),
)
_NO_KEY = Refusal(status=401, code="InvalidApiKey", message="No API-key provided.")
_WRONG_KEY = Refusal(status=401, code="InvalidApiKey", message="Invalid API-key provided.")
_EMPTY_MODEL = Refusal(
    status=400,
    code="BadRequest.EmptyModel",
    message='Required parameter "model" missing from request.',
)
_BODY_INVALID = Refusal(
    status=400,
    code="InvalidParameter",
    message="Required body invalid, please check the request body format.",
)
_NO_PATH = (
    Refusal(status=404, code="NotFound", message="Request path not found."),
    Refusal(status=404, code="NotFound", message="Not found!"),
)
REQUEST_ID = Text(
    r"[0-9a-f]{8}-[0-9a-f]{4}-9[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
    "a UUID whose third group begins with 9",
)


def list_checks() -> Iterator[Check]:
    """Give the checks of refused orders."""
    yield from _list_identity()
    yield from _list_bodies()
    yield from _list_paths()
    yield Check(name="the form of an error", source="core 1.4, 5.1", perform=_check_form)


def _order(
    model: object = _NO_MODEL, path: str = _CREATE, method: str = "POST", key: Shown = "own"
) -> Request:
    body = {"input": {"prompt": "a cat"}, "parameters": {}}
    named = body if model is None else {"model": model, **body}
    return Request(method=method, path=path, headers=_ASYNC, body=named, key=key)


def _list_identity() -> Iterator[Check]:
    yield check_refusal("an order without a key", "core 5.2", _order(key="none"), _NO_KEY)
    yield check_refusal("an order with a wrong key", "core 5.2", _order(key="wrong"), _WRONG_KEY)


def _list_bodies() -> Iterator[Check]:
    raw = Request(method="POST", path=_CREATE, headers=_ASYNC, raw_body=b'{"model": ')
    listed = Request(method="POST", path=_CREATE, headers=_ASYNC, raw_body=b"[]")
    yield check_refusal("an order of a model unknown", "core 5.3", _order(), *_MODEL_UNKNOWN)
    yield check_refusal("an order without a model", "core 5.4", _order(None), _EMPTY_MODEL)
    yield check_refusal("an order with an empty model", "core 5.4", _order(""), _EMPTY_MODEL)
    yield check_refusal("a body that is no JSON", "core 5.5", raw, _BODY_INVALID)
    yield check_refusal(
        "a body that is a list", "core 5.5", listed, _BODY_INVALID, certainty="inferred"
    )


def _list_paths() -> Iterator[Check]:
    short = _order(path="services/aigc/text2image")
    unknown = _order(path="services/aigc/no-such-task/none")
    elsewhere = Request(path="no-such-path")
    yield check_refusal(
        "GET on a create path",
        "core 5.3",
        Request(path=_CREATE),
        Refusal(
            status=400, code="InvalidParameter", message="Request method 'GET' is not supported."
        ),
    )
    yield check_refusal(
        "a service path with too few parts",
        "core 5.3",
        short,
        Refusal(status=400, code="InvalidParameter", message="task can not be null"),
    )
    yield check_refusal(
        "a service path that is none",
        "core 5.3",
        unknown,
        *_NO_PATH,
        *_MODEL_UNKNOWN,
        certainty="inferred",
    )
    yield check_refusal("a path that is none", "core 5.3", elsewhere, *_NO_PATH)
    yield check_refusal(
        "a slash at the end of a create path",
        "core 1.1",
        _order(path=f"{_CREATE}/"),
        *_MODEL_UNKNOWN,
    )


def _check_form(check: Check, target: Target) -> Sequence[Finding]:
    answer = target.send(_order())
    pattern = {"code": str, "message": str, "request_id": REQUEST_ID}
    differences = list(find_differences(pattern, dict(answer.members)))
    if not answer.headers.get("content-type", "").startswith("application/json"):
        differences.append(f"the type is {answer.headers.get('content-type')}")
    if answer.headers.get("x-request-id") != answer.members.get("request_id"):
        differences.append("x-request-id is not the request id")
    return [
        check.find(
            "code, message and request_id as JSON, x-request-id the same id",
            "; ".join(differences) or "so",
            judge(answer, not differences),
        )
    ]
