"""The error tree: everything in it has a public code and words, and is drawn where it stands."""

from datetime import UTC, datetime

import pytest

from kaiga.domain import errors
from kaiga.domain.errors import KaigaError

ARGUMENTS: dict[str, tuple[object, ...]] = {
    "MethodRefused": ("PUT",),
    "ModelUnbound": ("wan2.5-t2i-preview",),
    "StringTooLong": (11, 10),
    "BodyTooLarge": (10,),
    "DataUriTooLarge": (10,),
    "LinkExpired": (datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC)),
    "OrderRefused": ("Field required: input.prompt",),
    "ListQueryInvalid": ("page_no must be a number.",),
    "FieldInvalid": ("name must be a string.",),
    "AdapterUnknown": ("wan2.5-t2i-preview", {"ink"}),
    "ParameterRefused": ("size", "size must be auto or 1024x1024."),
    "VideoNotReady": ("The video is not made yet.",),
    "ModelNameUnknown": ("sora-2",),
    "SettingInvalid": ("KAIGA_PORT must be a number.",),
    "RestoreRefused": ("The archive is not whole.",),
    "MoveRefused": ("The target is not empty.",),
    "StartRefused": ("The port is taken.",),
    "RecordingMissing": ("No recording answers GET /api/v1/tasks.",),
    "UpstreamUnreachable": ("The server takes no connection.",),
    "UpstreamUntrusted": ("The certificate of the server is not accepted.",),
    "UpstreamTimedOut": ("The server did not answer within 600 s.",),
    "LifetimeOutOfRange": (1, 1800),
    "RateExceeded": (7,),
    "PolicyBroken": ('["starts-with","$key","a/"]',),
    "UploadTooLarge": (10,),
    "FormIncomplete": ("key",),
    "SubmittedBefore": ("0198f0a0-0000-7000-8000-000000000000",),
    "TaskFailed": ("DataInspectionFailed", "Output data may contain it."),
}

CODES_WITH_SPACES = {"NOT AUTHORIZED"}
"""The contract's own (contract/core.md, 5.2)."""


def list_tree(error: type[KaigaError]) -> list[type[KaigaError]]:
    return [error, *(each for child in error.__subclasses__() for each in list_tree(child))]


TREE = list_tree(KaigaError)
LEAVES = [error for error in TREE if not error.__subclasses__()]


@pytest.mark.parametrize("error", TREE)
def test_every_error_has_a_code_and_words(error: type[KaigaError]):
    raised = error(*ARGUMENTS.get(error.__name__, ()))

    assert raised.code
    assert " " not in raised.code or raised.code in CODES_WITH_SPACES
    assert str(raised).strip()


@pytest.mark.parametrize("error", LEAVES)
def test_a_leaf_says_more_than_that_something_went_wrong(error: type[KaigaError]):
    raised = error(*ARGUMENTS.get(error.__name__, ()))

    assert str(raised) != KaigaError.message


@pytest.mark.parametrize("error", TREE[1:])
def test_every_error_is_drawn_in_the_tree_of_its_module(error: type[KaigaError]):
    assert errors.__doc__ is not None
    assert error.__name__ in errors.__doc__.replace("\n", " ").split()


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("KeyMissing", "InvalidApiKey", "No API-key provided."),
        ("KeyInvalid", "InvalidApiKey", "Invalid API-key provided."),
        (
            "SynchronousCallRefused",
            "AccessDenied",
            "current user api does not support synchronous calls.",
        ),
        (
            "AsynchronousCallRefused",
            "AccessDenied",
            "current user api does not support asynchronous calls.",
        ),
        ("ModelUnknown", "InvalidParameter", "Model not exist."),
        (
            "RateExceeded",
            "Throttling.RateQuota",
            "Requests rate limit exceeded, please try again later.",
        ),
        ("ModelNotHere", "InvalidParameter", "url error, please check url！"),
        (
            "TaskNotCancellable",
            "UnsupportedOperation",
            "Failed to cancel the task, please confirm if the task is in PENDING status.",
        ),
        ("LinkExpired", "AccessDenied", "Request has expired."),
        ("ResultGone", "NoSuchKey", "The specified key does not exist."),
    ],
)
def test_the_contract_s_errors_have_the_contract_s_words(name: str, code: str, message: str):
    raised = getattr(errors, name)(*ARGUMENTS.get(name, ()))

    assert (raised.code, str(raised)) == (code, message)


def test_an_expired_link_tells_since_when():
    at = datetime(2026, 5, 2, tzinfo=UTC)

    assert errors.LinkExpired(at, at).expired_at == at
