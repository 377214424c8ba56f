"""Anything at all, sent to a running server: a contract answer each time, never a 5xx."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import schemathesis
from http_calls import CREATE_PATH, ENABLE, create, make_order
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from running import MODEL, OWN_MODELS, RunningKaiga

BRIEF = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    database=None,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
INPUTS = st.fixed_dictionaries(
    {}, optional={"prompt": JSON_VALUES, "negative_prompt": JSON_VALUES, "extra": JSON_VALUES}
)
PARAMETERS = st.fixed_dictionaries(
    {},
    optional={
        name: SCALARS | st.sampled_from(["1024*1024", "1", 1, 4, "true", 2**31, -1, 1e400])
        for name in ("size", "n", "seed", "watermark", "prompt_extend", "extra")
    },
)
ORDERS = st.fixed_dictionaries(
    {"model": st.just(MODEL)},
    optional={"input": INPUTS | JSON_VALUES, "parameters": PARAMETERS | JSON_VALUES},
)


@pytest.fixture(scope="module")
def hasty_server(module_server) -> RunningKaiga:
    """A server without workers that lets nobody wait, with the tests' own models as well."""
    return module_server(
        {
            "KAIGA_WORKERS": "0",
            "KAIGA_SYNC_TIMEOUT_SECONDS": "0.1",
            "KAIGA_CATALOGUE": str(OWN_MODELS),
            "KAIGA_KEEP_DAYS": "7",
        }
    )


@pytest.fixture(scope="module")
def hasty_client(hasty_server: RunningKaiga) -> Iterator[httpx.Client]:
    with hasty_server.client() as client:
        yield client
    assert "Traceback" not in hasty_server.log()


@pytest.fixture(scope="module")
def known_task(hasty_client: httpx.Client) -> str:
    """A task that could not be, and so has ended at once."""
    return create(hasty_client, make_order(size="1*1")).json()["output"]["task_id"]


def check_contract(response: httpx.Response) -> dict[str, Any]:
    """Check what holds of every answer under `/api/v1`; gives its body."""
    assert response.status_code < 500, response.text
    assert response.headers["content-type"].startswith("application/json")
    answer = response.json()
    assert answer["request_id"] == response.headers["x-request-id"]
    if response.status_code != 200:
        assert answer.keys() == {"code", "message", "request_id"}
    return answer


def check_created(client: httpx.Client, response: httpx.Response) -> None:
    """Check that what was accepted is known, and what was not made no claim to be."""
    answer = check_contract(response)
    if response.status_code == 200:
        task_id = answer["output"]["task_id"]
        asked = check_contract(client.get(f"/tasks/{task_id}"))
        assert asked["output"]["task_status"] in {"PENDING", "FAILED"}


URLS = st.sampled_from(
    ["http://a.test/b.png", "data:image/png;base64,iVBORw0KGgo=", "oss://a/b", "x"]
)
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["first_frame", "clip"]) | JSON_VALUES,
        "url": URLS | JSON_VALUES,
        "reference_voice": URLS | JSON_VALUES,
        "text": JSON_VALUES,
        "image": URLS | JSON_VALUES,
        "role": st.just("user"),
    },
)
MESSAGES = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["user", "system"]),
        "content": st.lists(ITEMS, max_size=4) | JSON_VALUES,
    }
)
FORMS = st.fixed_dictionaries(
    {
        "input": st.fixed_dictionaries(
            {"prompt": st.just("a cat") | JSON_VALUES},
            optional={
                "media": st.lists(ITEMS, max_size=4) | JSON_VALUES,
                "pictures": st.lists(URLS | JSON_VALUES, max_size=4) | JSON_VALUES,
                "images": st.lists(URLS, max_size=4) | JSON_VALUES,
                "messages": st.lists(MESSAGES, max_size=2) | JSON_VALUES,
                "sound_url": URLS | JSON_VALUES,
                "link": URLS | JSON_VALUES,
            },
        ),
        "parameters": st.dictionaries(
            st.sampled_from(["strength", "style", "colours", "text", "area", "n", "seed"]),
            JSON_VALUES,
        ),
    }
)


def check_waited_in_vain(ctx, response, case) -> None:  # noqa: ARG001  a check's parameters
    """The only server error is that of a synchronous call whose task has not ended in time."""
    if response.status_code >= 500:
        assert response.json()["code"] == "RequestTimeOut"


@pytest.mark.parametrize(
    "label",
    [
        f"POST {CREATE_PATH}",
        "POST /api/v1/services/aigc/tests/chat",
        "POST /api/v1/services/aigc/tests/edit",
        "POST /api/v1/services/aigc/tests/forms",
        "GET /api/v1/tasks",
        "GET /api/v1/tasks/{task_id}",
        "POST /api/v1/tasks/{task_id}/cancel",
        "GET /api/v1/models",
        "GET /api/v1/models/limits",
        "GET /api/v1/quotas",
        "GET /api/v1/uploads",
        "POST /api/v1/tokens",
        "GET /kaiga/v1/tasks/{task_id}",
        "POST /kaiga/v1/tasks/{task_id}/cancel",
        "GET /kaiga/v1/webhooks/deliveries",
        "POST /kaiga/v1/webhooks",
        "POST /kaiga/v1/keys",
        "DELETE /kaiga/v1/limits",
        "GET /kaiga/v1/forms",
        "GET /kaiga/v1/tasks",
        "GET /kaiga/v1/tasks/{task_id}/request",
        "POST /kaiga/v1/tasks/{task_id}/rerun",
        "POST /kaiga/v1/tasks/{task_id}/keep",
        "GET /kaiga/v1/tasks/{task_id}/thumbnails/{number}",
        "GET /kaiga/v1/results",
        "GET /kaiga/v1/results.zip",
        "GET /kaiga/v1/usage",
        "GET /kaiga/v1/usage.csv",
        "POST /console/session",
    ],
)
def test_what_is_described_is_what_is_answered(hasty_server: RunningKaiga, known_task, label):
    described = schemathesis.openapi.from_url(f"{hasty_server.base_url}/openapi.json")
    (operation,) = [
        found.ok() for found in described.get_all_operations() if found.ok().label == label
    ]

    @settings(BRIEF, max_examples=25)
    @given(case=operation.as_strategy(), is_known=st.booleans())
    def check(case: schemathesis.Case, *, is_known: bool) -> None:
        if is_known and "task_id" in case.path_parameters:
            case.path_parameters["task_id"] = known_task
        if case.headers:  # almost any workspace is refused before anything else is looked at
            case.headers.pop("X-DashScope-WorkSpace", None)
        case.call_and_validate(
            headers={"Authorization": f"Bearer {hasty_server.key}"},
            checks=[
                check_waited_in_vain,
                content_type_conformance,
                response_schema_conformance,
                status_code_conformance,
            ],
        )

    check()


@BRIEF
@given(body=st.binary(max_size=2000))
def test_any_bytes_are_answered(client, body):
    check_created(client, create(client, body))


@BRIEF
@given(body=JSON_VALUES)
def test_any_json_is_answered(client, body):
    check_created(client, create(client, body))


@BRIEF
@given(order=ORDERS)
def test_any_order_is_answered_and_known_afterwards(client, order):
    body = json.dumps(order, ensure_ascii=False).encode("utf-8", "surrogatepass")

    check_created(client, create(client, body))


@BRIEF
@given(order=FORMS, model=st.sampled_from(["test-forms", "test-edit", "test-chat"]))
def test_any_order_with_members_of_every_kind_is_answered(hasty_client, order, model):
    body = json.dumps({"model": model, **order}, ensure_ascii=False)
    path = f"/services/aigc/tests/{model.removeprefix('test-')}"

    response = hasty_client.post(
        path, content=body.encode("utf-8", "surrogatepass"), headers=ENABLE
    )

    check_created(hasty_client, response)


@BRIEF
@given(start=st.integers(0, 400), length=st.integers(0, 40), noise=st.binary(max_size=40))
def test_an_order_with_damage_in_it_is_answered(client, start, length, noise):
    order = json.dumps(make_order("a 花 \U0001f600", extra=[1, {"a": None}])).encode()

    check_created(client, create(client, order[:start] + noise + order[start + length :]))


@BRIEF
@given(task_id=st.text(min_size=1) | st.binary(min_size=1).map(lambda raw: raw.hex()))
def test_any_id_is_answered(client, task_id):
    path = f"/tasks/{quote(task_id, safe='', errors='replace')}"

    for response in (client.get(path), client.post(f"{path}/cancel"), client.get(f"{path}/")):
        check_contract(response)


@BRIEF
@given(
    query=st.dictionaries(
        st.sampled_from(
            ["task_id", "start_time", "end_time", "model_name", "status", "page_no", "page_size"]
        ),
        st.text(max_size=20)
        | st.integers().map(str)
        | st.from_regex(r"[0-9]{14}", fullmatch=True)
        | st.datetimes().map(lambda at: at.strftime("%Y%m%d%H%M%S")),
    )
)
def test_any_list_query_is_answered(client, query):
    text = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in query.items())

    check_contract(client.get(f"/tasks?{text}"))


@BRIEF
@given(
    path=st.sampled_from(["models", "models/limits", "quotas", "uploads"]),
    query=st.dictionaries(
        st.sampled_from(["page_no", "page_size", "model", "name", "capabilities", "action"]),
        st.text(max_size=20) | st.integers().map(str) | st.sampled_from(["getPolicy", MODEL]),
    ),
)
def test_any_query_beside_tasks_is_answered(client, path, query):
    text = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in query.items())

    check_contract(client.get(f"/{path}?{text}"))


@BRIEF
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "X-DashScope-Async",
                "X-DashScope-WorkSpace",
                "X-Forwarded-Host",
                "X-Forwarded-Proto",
                "Range",
                "Origin",
                "Accept",
                "Content-Type",
            ]
        ),
        st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60),
    )
)
def test_any_headers_are_answered(client, headers):
    response = create(client, make_order(), **headers)

    check_created(client, response)


@BRIEF
@given(
    path=st.text(st.sampled_from("ad1/.%-?&=0F\\;~*+"), max_size=60),
    header=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
)
def test_any_file_path_is_refused_as_xml(idle_server, client, path, header):
    response = client.get(
        f"{idle_server.base_url}/1d/x{quote(path)}", headers={"Range": f"bytes={header}"}
    )

    assert response.status_code == 403
    assert response.headers["content-type"] == "application/xml"
