"""The kinds of faults: where each acts, what it takes, and what its victim sees.

Validation, documents and the help of commands are made from this one table.
"""

from collections.abc import Mapping, Sequence

import msgspec

from kaiga.domain.emulation.faults import (
    LONGEST_LIFE_SECONDS,
    USUAL_LIFE_SECONDS,
    Fault,
    FaultPoint,
)
from kaiga.domain.errors import FieldInvalid

Value = str | int | float | None

VALUES = (
    "status",
    "code",
    "message",
    "retry_after_seconds",
    "seconds",
    "bytes",
    "result",
    "content_type",
)
"""The members of a fault that belong to its kind."""

_CREATE, _FILE, _TASK, _NOTICE = (
    FaultPoint.CREATE,
    FaultPoint.FILE,
    FaultPoint.TASK,
    FaultPoint.NOTICE,
)
_CALLS = (_CREATE, FaultPoint.QUERY, FaultPoint.LIST, FaultPoint.CANCEL, FaultPoint.UPLOAD)
_ANSWERS = (*_CALLS, _FILE, FaultPoint.FORM)
_INTERNAL = "An internal error has occured, please try again later or contact service support."
_INSPECTED_INPUT = "Input data may contain inappropriate content."
_INSPECTED_OUTPUT = "Output data may contain inappropriate content."
_INSPECTION = "DataInspectionFailed"

THROTTLINGS: Mapping[str, str] = {
    "Throttling": "Requests throttling triggered.",
    "Throttling.RateQuota": "Requests rate limit exceeded, please try again later.",
    "Throttling.BurstRate": (
        "Request rate increased too quickly. To ensure system stability, please adjust your "
        "client logic to scale requests more smoothly over time."
    ),
    "Throttling.AllocationQuota": ("Allocated quota exceeded, please increase your quota limit."),
    "CommodityNotPurchased": "Commodity has not purchased yet.",
    "PrepaidBillOverdue": "The prepaid bill is overdue.",
    "PostpaidBillOverdue": "The postpaid bill is overdue.",
}
"""What comes with 429, by code. Source: contract/core.md, 5.2 and 5.7."""

_MESSAGES: Mapping[str, str] = {
    **THROTTLINGS,
    "InternalError": _INTERNAL,
    "InternalError.Algo": "inference internal error.",
    "InternalError.Timeout": (
        "An internal timeout error has occured during execution, please try again later or "
        "contact service support."
    ),
    "SystemError": "An system error has occured, please try again later.",
    "ModelServiceFailed": "Failed to request model service.",
    "ModelUnavailable": "Model is unavailable, please try again later.",
    "RequestTimeOut": "Request timed out, please try again later.",
    "InvalidApiKey": "Invalid API-key provided.",
    "Arrearage": "Access denied, please make sure your account is in good standing.",
    "IPInfringementSuspect": "Input data is suspected of being involved in IP infringement.",
    _INSPECTION: "Input or output data may contain inappropriate content.",
}
"""The contract's words for codes (contract/core.md, 5); other codes come with those of 500."""


class FaultKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind: the points where it can act, the first of them where none is named.

    `takes` gives its own values with what each is where a fault leaves it out; None stands for
    what is told by `says`.
    """

    name: str
    points: tuple[FaultPoint, ...]
    takes: Mapping[str, Value] = {}
    says: str


KINDS: Mapping[str, FaultKind] = {
    kind.name: kind
    for kind in (
        FaultKind(
            name="throttled",
            points=_CALLS,
            takes={"code": "Throttling.RateQuota", "message": None, "retry_after_seconds": None},
            says="The call is refused with 429; `Retry-After` comes where it is set.",
        ),
        FaultKind(
            name="error",
            points=_CALLS,
            takes={
                "status": 500,
                "code": "InternalError",
                "message": None,
                "retry_after_seconds": None,
            },
            says="The call is refused with any status from 400 and any code; nothing is done.",
        ),
        FaultKind(
            name="create-inspection",
            points=(_CREATE,),
            takes={"code": _INSPECTION, "message": _INSPECTED_INPUT},
            says="The create is refused with 400: the content check of its input.",
        ),
        FaultKind(
            name="dropped-before",
            points=_ANSWERS,
            says="The connection is closed and the call is not taken: no task is made.",
        ),
        FaultKind(
            name="dropped-after",
            points=_ANSWERS,
            says="The call is taken, so a task is made, and the connection closed without answer.",
        ),
        FaultKind(
            name="slow-answer",
            points=_ANSWERS,
            takes={"seconds": 5.0},
            says="The call is taken at once, and its answer begins `seconds` later.",
        ),
        FaultKind(
            name="slow-body",
            points=_ANSWERS,
            takes={"seconds": 5.0},
            says="The answer's head comes at once, its body drop by drop over `seconds`.",
        ),
        FaultKind(
            name="malformed-json",
            points=_CALLS,
            says="The answer is whole for HTTP, and half of its JSON.",
        ),
        FaultKind(
            name="lost-task",
            points=(FaultPoint.QUERY,),
            says="The query of a task that is there is answered with UNKNOWN.",
        ),
        FaultKind(
            name="link-expired",
            points=(_FILE,),
            says="The link is answered with 403 and storage's XML, as after its day.",
        ),
        FaultKind(
            name="link-gone",
            points=(_FILE,),
            says="The link is answered with 404 and storage's XML: the file was removed.",
        ),
        FaultKind(
            name="truncated-file",
            points=(_FILE,),
            takes={"bytes": None},
            says=(
                "The file is announced whole, and the connection closed after `bytes` of it "
                "(half of it where left out)."
            ),
        ),
        FaultKind(
            name="wrong-content-type",
            points=(_FILE, *_CALLS),
            takes={"content_type": "text/html"},
            says="The answer is right but for its `Content-Type`.",
        ),
        FaultKind(
            name="task-failed",
            points=(_TASK,),
            takes={"code": "InternalError.Algo", "message": None},
            says="The task runs and is FAILED with any code.",
        ),
        FaultKind(
            name="task-inspection",
            points=(_TASK,),
            takes={"code": _INSPECTION, "message": _INSPECTED_OUTPUT},
            says="The task is FAILED by the content check.",
        ),
        FaultKind(
            name="result-inspection",
            points=(_TASK,),
            takes={"code": _INSPECTION, "message": _INSPECTED_OUTPUT, "result": 0},
            says=(
                "One result of several, `result` counted from 0, has a code and a message in "
                "place of its link; a task of that one result alone is FAILED."
            ),
        ),
        FaultKind(
            name="stuck-pending",
            points=(_TASK,),
            says="The task stays PENDING until it is canceled or the account is reset.",
        ),
        FaultKind(
            name="stuck-running",
            points=(_TASK,),
            says="The task stays RUNNING until it is stopped or the account is reset.",
        ),
        FaultKind(
            name="duplicate-notice",
            points=(_NOTICE,),
            says="A notice is sent twice, under the same id.",
        ),
        FaultKind(
            name="late-notice",
            points=(_NOTICE,),
            takes={"seconds": 5.0},
            says="A notice is first sent `seconds` of real time late.",
        ),
    )
}
"""Every kind by its name."""


def complete_fault(fault: Fault, *, may_last: bool = False) -> Fault:
    """Check a fault against its kind, and fill in whatever it leaves out.

    With `may_last` it may never heal, and does not unless it says so: a plan read at start.

    Raises:
        FieldInvalid: there is no such kind, or it does not act there or take that.
    """
    kind = KINDS.get(fault.kind)
    if kind is None:
        raise FieldInvalid(f"kind must be one of {', '.join(KINDS)}.")
    points = fault.points or kind.points[:1]
    if not set(points) <= set(kind.points):
        raise FieldInvalid(f"A fault {kind.name} can be on {_enumerate(kind.points)}.")
    given: dict[str, Value] = {
        name: value for name in VALUES if (value := getattr(fault, name)) is not None
    }
    if not given.keys() <= kind.takes.keys():
        raise FieldInvalid(
            f"A fault {kind.name} takes {_enumerate(tuple(kind.takes)) or 'no values'} "
            f"besides its scope, and not {_enumerate(tuple(given.keys() - kind.takes.keys()))}."
        )
    values = {**kind.takes, **given}
    if "message" in values and values["message"] is None:
        values["message"] = _MESSAGES.get(str(values["code"]), _INTERNAL)
    life = _choose_life(fault.expires_after_seconds, may_last=may_last)
    return msgspec.structs.replace(fault, on=points, expires_after_seconds=life, **values)


def _choose_life(wanted: float | None, *, may_last: bool) -> float:
    if wanted is None:
        return 0.0 if may_last else USUAL_LIFE_SECONDS
    if wanted == 0 and not may_last:
        raise FieldInvalid(
            f"expires_after_seconds must be above 0 and at most {LONGEST_LIFE_SECONDS:.0f}; "
            "only faults of the file KAIGA_EMULATOR_FAULTS may last for ever."
        )
    return wanted


def _enumerate(names: Sequence[str]) -> str:
    return ", ".join(sorted(names))
