"""The table from errors to HTTP: every error in it on purpose, and bugs tell nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kaiga.domain import errors
from kaiga.domain.errors import KaigaError
from kaiga.http.errors import STATUS_OF, make_error_answer, status_of

INTENDED = {
    "KeyMissing": 401,
    "KeyInvalid": 401,
    "SynchronousCallRefused": 403,
    "AsynchronousCallRefused": 403,
    "RoleTooLow": 403,
    "PageForeign": 403,
    "ControlRefused": 403,
    "KeepingNotOffered": 403,
    "WorkspaceUnknown": 401,
    "WorkspaceRefused": 403,
    "EndpointRefused": 403,
    "TemporaryKeyRefused": 403,
    "LimitsFixed": 403,
    "LifetimeOutOfRange": 400,
    "ModelNotOffered": 404,
    "ModelUnbound": 404,
    "TaskFailed": 400,
    "WaitedTooLong": 500,
    "BodyMalformed": 400,
    "ModelMissing": 400,
    "ModelUnknown": 400,
    "ModelNotHere": 400,
    "ServicePathIncomplete": 400,
    "MethodRefused": 400,
    "OrderRefused": 400,
    "ListQueryInvalid": 400,
    "StringTooLong": 400,
    "FieldInvalid": 400,
    "AdapterUnknown": 400,
    "TaskUnfinished": 400,
    "ParameterRefused": 400,
    "VideoNotReady": 400,
    "BodyTooLarge": 400,
    "DataUriTooLarge": 400,
    "BodyTooSlow": 408,
    "PathUnknown": 404,
    "KeyUnknown": 404,
    "LimitRuleUnknown": 404,
    "TaskUnknown": 404,
    "ThumbnailUnknown": 404,
    "ModelNameUnknown": 404,
    "VideoUnknown": 404,
    "TaskNotCancellable": 400,
    "StoreUnavailable": 503,
    "ObjectsUnavailable": 503,
    "Overloaded": 429,
    "QueueFull": 429,
    "RateExceeded": 429,
    "AccountsFull": 429,
    "RepeatDiffers": 409,
    "RecordingMissing": 404,
    "RecordedLinkUnknown": 404,
    "UpstreamUnreachable": 502,
    "UpstreamUntrusted": 502,
    "UpstreamTimedOut": 504,
    "WebhookUnknown": 404,
    "DeliveryUnknown": 404,
    "FaultUnknown": 404,
    "FaultPlanUnknown": 404,
    "WebhookExists": 409,
    "LinkExpired": 403,
    "SignatureWrong": 403,
    "ResultGone": 404,
    "PolicyExpired": 403,
    "PolicyBroken": 403,
    "UploadExists": 409,
    "UploadTooLarge": 400,
    "FormMalformed": 400,
    "FormIncomplete": 400,
    "FormFieldsTooLarge": 400,
    "FileCountWrong": 400,
    "ObjectNameInvalid": 400,
}
NEVER_ON_THE_WIRE = {
    "LeaseLost",
    "EngineBusy",
    "EngineAway",
    "EngineCrashed",
    "EngineHung",
    "EngineStopped",
    "EngineOutOfMemory",
    "MarkingFailed",
    "ObjectMissing",
    "SubmittedBefore",
    "ContentCheckAway",
    "RestoreRefused",
    "MoveRefused",
    "RewriteFailed",
    "SettingInvalid",
    "StartRefused",
}
REQUEST_ID = "00000000-0000-9000-8000-000000000000"


def leaves(kind: type[KaigaError] = KaigaError) -> Iterator[type[KaigaError]]:
    """Give every error of the tree that has no children: the ones that are raised."""
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield child
            yield from leaves(child)


def make(kind: type[KaigaError]) -> KaigaError:
    """Make an error of a kind, whatever it asks for."""
    arguments = {
        "MethodRefused": ("GET",),
        "TaskFailed": ("InvalidParameter", "a rule is broken"),
        "ParameterRefused": ("size", "size is not taken"),
        "StringTooLong": (2, 1),
        "BodyTooLarge": (1,),
        "DataUriTooLarge": (1,),
        "UploadTooLarge": (1,),
        "LifetimeOutOfRange": (1, 2),
        "AdapterUnknown": ("wan2.5-t2i-preview", {"ink"}),
        "RateExceeded": (7,),
        "LinkExpired": (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)),
    }
    return kind(*arguments.get(kind.__name__, ("secret detail",)))


def raised() -> list[type[KaigaError]]:
    return [kind for kind in leaves() if not kind.__subclasses__()]


def test_every_error_is_either_told_or_kept_and_none_is_forgotten():
    names = {kind.__name__ for kind in raised()}

    assert names == INTENDED.keys() | NEVER_ON_THE_WIRE


@pytest.mark.parametrize("kind", raised(), ids=lambda kind: kind.__name__)
def test_every_error_has_the_status_that_was_meant(kind):
    assert status_of(make(kind)) == INTENDED.get(kind.__name__, 500)


@pytest.mark.parametrize("kind", raised(), ids=lambda kind: kind.__name__)
def test_every_error_answer_is_flat_and_has_a_code(kind):
    answer = make_error_answer(make(kind), REQUEST_ID)

    body = json.loads(answer.body)
    assert list(body) == ["code", "message", "request_id"]
    assert body["request_id"] == REQUEST_ID
    assert body["code"]
    assert body["message"]
    assert (b"content-type", b"application/json") in answer.headers


@pytest.mark.parametrize("name", sorted(NEVER_ON_THE_WIRE))
def test_an_error_that_was_never_meant_for_a_caller_tells_nothing(name):
    answer = make_error_answer(getattr(errors, name)("secret detail"), REQUEST_ID)

    body = json.loads(answer.body)
    assert answer.status == 500
    assert b"secret" not in answer.body
    assert body["code"] == "InternalError"
    assert body["message"] == KaigaError.message


@pytest.mark.parametrize("kind", raised(), ids=lambda kind: kind.__name__)
def test_only_errors_that_pass_by_themselves_ask_to_be_tried_again(kind):
    answer = make_error_answer(make(kind), REQUEST_ID)

    asks = any(name == b"retry-after" for name, _ in answer.headers)
    assert asks == (answer.status in {429, 503})


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("InvalidParameter", 400),
        ("InvalidParameter.DataInspection", 400),
        ("DataInspectionFailed", 400),
        ("InvalidURL.Timeout", 400),
        ("BadRequest.InputDownloadFailed", 400),
        ("InvalidFile.Duration", 400),
        ("TaskCanceled", 400),
        ("InternalError", 500),
        ("InternalError.Algo", 500),
        ("InternalError.Timeout", 500),
        ("InternalError.FileUpload", 500),
        ("ModelServiceFailed", 500),
        ("RequestTimeOut", 500),
        ("ResponseTimeout", 500),
        ("RewriteFailed", 500),
        ("SystemError", 500),
    ],
)
def test_who_waits_for_a_task_that_fails_is_told_by_the_status_whose_fault_it_is(code, status):
    answer = make_error_answer(errors.TaskFailed(code, "why"), REQUEST_ID)

    assert answer.status == status
    assert json.loads(answer.body) == {"code": code, "message": "why", "request_id": REQUEST_ID}
    assert ((b"x-should-retry", b"false") in answer.headers) is (status == 500)


def test_the_table_names_only_statuses_that_a_client_can_act_on():
    assert set(STATUS_OF.values()) <= {400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504}
