"""Uploads, temporary keys, the list of models and quotas: asked for, and left as they are."""

from collections.abc import Iterator, Mapping, Sequence

from kaiga.cli.conformance.checking import (
    Certainty,
    Check,
    Finding,
    Refusal,
    check_refusal,
    judge,
)
from kaiga.cli.conformance.patterns import (
    LINK,
    Anything,
    Items,
    Maybe,
    Open,
    Text,
    find_differences,
)
from kaiga.cli.conformance.target import Request, Target

_POLICY = {
    "request_id": str,
    "data": {
        "policy": str,
        "signature": str,
        "upload_dir": Text(
            r"dashscope-instant/[0-9a-f]{32}/\d{4}-\d\d-\d\d/\S+", "dashscope-instant/ and so on"
        ),
        "upload_host": LINK,
        "expire_in_seconds": int,
        "max_file_size_mb": int,
        "capacity_limit_mb": int,
        "oss_access_key_id": str,
        "x_oss_object_acl": str,
        "x_oss_forbid_overwrite": str,
    },
}
_LISTED_MODEL = Open(
    {
        "model": str,
        "name": str,
        "description": str,
        "provider": str,
        "capabilities": Items(str),
        "features": list,
        "model_info": dict,
        "inference_metadata": Open({"request_modality": list, "response_modality": list}),
        "prices": list,
    }
)


def _list_of_models(total: object) -> Mapping[str, object]:
    output = {"total": total, "page_no": 1, "page_size": int, "models": Items(_LISTED_MODEL)}
    return {"code": None, "message": None, "success": True, "request_id": str, "output": output}


_QUOTAS = {
    "request_id": str,
    "output": {
        "total": int,
        "page_no": int,
        "page_size": int,
        "quotas": Items(Open({"model": str, "workspace_id": str, "model_limit": Anything})),
    },
    "code": Maybe(Anything),
    "message": Maybe(Anything),
    "success": Maybe(Anything),
}
_TOKEN = {"token": Text(r"st-\S+", "a key that begins with st-"), "expires_at": int}
_NO_KEY = Refusal(status=401, code="InvalidApiKey", message="No API-key provided.")
_OUT_OF_RANGE = Refusal(status=400, code="InvalidParameter", message="")


def list_checks(model: str) -> Iterator[Check]:
    """Give the checks of what surrounds the orders; `model` is one that the server knows."""
    policy = f"uploads?action=getPolicy&model={model}"
    yield _check_members("an upload policy", "core 8.1", policy, _POLICY)
    slashed = f"uploads/?action=getPolicy&model={model}"
    yield _check_members("an upload policy by a path with a slash", "core 8.1", slashed, _POLICY)
    without_key = Request(path=policy, key="none")
    yield check_refusal("an upload policy without a key", "core 5.2", without_key, _NO_KEY)
    yield _check_members(
        "the list of models", "core 12", "models?page_size=5", _list_of_models(int)
    )
    one = _list_of_models(1)
    yield _check_members(
        "one model of the list", "core 12", f"models?model={model}&page_size=1", one
    )
    for path in ("quotas", "models/limits"):
        query = f"{path}?model={model}"
        yield _check_members(f"quotas at {path}", "core 6.3", query, _QUOTAS, certainty="inferred")
    yield _check_members(
        "a temporary key", "core 9.2", "tokens?expire_in_seconds=1", _TOKEN, method="POST"
    )
    for seconds in (0, 1801):
        yield check_refusal(
            f"a temporary key for {seconds} seconds",
            "core 9.2",
            Request(method="POST", path=f"tokens?expire_in_seconds={seconds}"),
            _OUT_OF_RANGE,
            certainty="inferred",
        )


def _check_members(
    name: str,
    source: str,
    path: str,
    pattern: object,
    *,
    method: str = "GET",
    certainty: Certainty = "certain",
) -> Check:
    def perform(check: Check, target: Target) -> Sequence[Finding]:
        answer = target.send(Request(method=method, path=path))
        differences = list(find_differences(pattern, answer.members))
        is_met = answer.is_ok and not differences
        seen = (
            "so" if is_met else "; ".join([answer.show(), *(differences if answer.is_ok else ())])
        )
        verdict = judge(answer, is_met, certainty)
        return [check.find("200 with every member", seen, verdict)]

    return Check(name=name, source=source, perform=perform)
