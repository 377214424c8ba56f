"""Everything that can go wrong for a caller, one class per thing that a caller can act on.

    KaigaError
    ├── NotAuthenticated            KeyMissing · KeyInvalid · WorkspaceUnknown
    ├── NotAllowed                  SynchronousCallRefused · AsynchronousCallRefused · RoleTooLow ·
    │                               WorkspaceRefused · EndpointRefused · TemporaryKeyRefused ·
    │                               LimitsFixed · PageForeign · ControlRefused ·
    │                               KeepingNotOffered
    ├── RequestRefused              BodyMalformed · ModelMissing · ModelUnknown · ModelNotHere ·
    │                               ServicePathIncomplete · MethodRefused · OrderRefused ·
    │                               ListQueryInvalid · BodyTooSlow · StringTooLong ·
    │                               FieldInvalid · ModelNotOffered · ModelUnbound ·
    │                               LifetimeOutOfRange · TaskUnfinished · ParameterRefused ·
    │                               VideoNotReady · AdapterUnknown
    ├── TooLarge                    BodyTooLarge · DataUriTooLarge
    ├── NotThere                    PathUnknown · KeyUnknown · LimitRuleUnknown · TaskUnknown ·
    │                               WebhookUnknown · DeliveryUnknown · ThumbnailUnknown ·
    │                               FaultUnknown · FaultPlanUnknown · RecordingMissing ·
    │                               RecordedLinkUnknown · ModelNameUnknown · VideoUnknown
    ├── TaskNotCancellable · TaskFailed · WaitedTooLong · RepeatDiffers · WebhookExists
    ├── TryLater                    StoreUnavailable · ObjectsUnavailable · Overloaded · QueueFull ·
    │                               RateExceeded · AccountsFull
    ├── UpstreamUnanswered          UpstreamUnreachable · UpstreamUntrusted · UpstreamTimedOut
    ├── LinkRefused                 LinkExpired · SignatureWrong · ResultGone
    ├── UploadRefused               PolicyExpired · PolicyBroken · UploadExists · UploadTooLarge ·
    │                               FormMalformed · FormIncomplete · FormFieldsTooLarge ·
    │                               FileCountWrong · ObjectNameInvalid
    ├── LeaseLost · EngineBusy · EngineCrashed · EngineHung · EngineAway · EngineUnfit ·
    │   EngineOutOfMemory · EngineStopped · ObjectMissing · SubmittedBefore · MarkingFailed ·
    │   RewriteFailed · ContentCheckAway
    │                               (between our own parts, never on the wire)
    └── SettingInvalid · StartRefused · RestoreRefused · MoveRefused
                                    (told to whoever starts the program)

`code` and the message are public: the contract's where it has them. No HTTP in here.
"""

from collections.abc import Collection
from datetime import datetime
from typing import ClassVar

from kaiga.domain.ids import TaskId


class KaigaError(Exception):
    """The root: `code` is the contract's error code, `str(error)` the public message."""

    code: str = "InternalError"
    message: ClassVar[str] = (
        "An internal error has occured, please try again later or contact service support."
    )

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)


class NotAuthenticated(KaigaError):
    """The caller did not show who they are."""

    code = "InvalidApiKey"


class KeyMissing(NotAuthenticated):
    """No Authorization header, or one without a key."""

    message = "No API-key provided."


class KeyInvalid(NotAuthenticated):
    """A key that is wrong, revoked or expired."""

    message = "Invalid API-key provided."


class NotAllowed(KaigaError):
    """The caller is known and may not do this."""

    code = "AccessDenied"
    message = "Access denied."


class SynchronousCallRefused(NotAllowed):
    """An asynchronous model, called without the header that asks for a task."""

    message = "current user api does not support synchronous calls."


class AsynchronousCallRefused(NotAllowed):
    """A synchronous model, called with the header that asks for a task."""

    message = "current user api does not support asynchronous calls."


class RoleTooLow(NotAllowed):
    """The key's role does not cover this route."""

    message = "Access denied. This needs a key with the role admin."


class PageForeign(NotAllowed):
    """A call that only our own pages make, and that comes from elsewhere."""

    message = "Access denied. Only the console's own pages sign in and out."


class ControlRefused(NotAllowed):
    """A control call to the emulator that comes from elsewhere: a foreign page, or another name."""

    message = (
        "Access denied. The emulator is controlled by calls to this machine's or the server's own "
        "address, and by no page of another origin."
    )


class KeepingNotOffered(NotAllowed):
    """Nothing is kept longer here than everything is."""

    message = "Access denied. This server keeps no results for longer: KAIGA_KEEP_DAYS is 0."


class TemporaryKeyRefused(NotAllowed):
    """A temporary key, used for what only the key behind it may do."""

    message = "Access denied. A temporary key can't make another one."


class LimitsFixed(NotAllowed):
    """Rate limits are told here, and can't be set."""

    message = "Access denied. Rate limits can't be changed here."


class WorkspaceUnknown(NotAuthenticated):
    """The workspace that the call names is not there (contract/core.md, 5.2)."""

    code = "NOT AUTHORIZED"
    message = (
        "Access denied: Either you are not authorized to access this workspace, "
        "or the workspace does not exist."
    )


class WorkspaceRefused(NotAllowed):
    """The workspace that the call names is not the key's to use."""

    code = "Workspace.AccessDenied"
    message = "Workspace access denied."


class EndpointRefused(NotAllowed):
    """The host that was called is another workspace's own (contract/core.md, 5.2)."""

    code = "Endpoint.AccessDenied"
    message = "Workspace endpoint access denied."


class RequestRefused(KaigaError):
    """A request that can't be taken as it stands."""

    code = "InvalidParameter"


class BodyMalformed(RequestRefused):
    """The body is not one JSON object."""

    message = "Required body invalid, please check the request body format."


class ModelMissing(RequestRefused):
    """No model named."""

    code = "BadRequest.EmptyModel"
    message = 'Required parameter "model" missing from request.'


class ModelUnknown(RequestRefused):
    """No model of that name."""

    message = "Model not exist."


class ModelUnbound(RequestRefused):
    """The model exists, but the operator of this server has bound no engine to it."""

    code = "ModelNotFound"

    def __init__(self, model: str) -> None:
        super().__init__(
            f"Model can not be found: no engine of this server answers {model}; "
            "GET /kaiga/v1/models tells which are answered."
        )


class ModelNotOffered(RequestRefused):
    """The model exists, but not in the region of this call (contract/core.md, 5.3)."""

    code = "ModelNotFound"
    message = "Model can not be found."


class ModelNotHere(RequestRefused):
    """The model exists, but answers at another path."""

    message = "url error, please check url！"


class ServicePathIncomplete(RequestRefused):
    """A service path with too few parts."""

    message = "task can not be null"


class MethodRefused(RequestRefused):
    """A path that exists, asked with another method."""

    def __init__(self, method: str) -> None:
        super().__init__(f"Request method '{method}' is not supported.")


class OrderRefused(RequestRefused):
    """Rules on `input` or `parameters` are broken; the message joins every fault."""


class ListQueryInvalid(RequestRefused):
    """A query parameter of the task list is out of its bounds."""


class FieldInvalid(RequestRefused):
    """A field of one of Kaiga's own routes is missing or wrong."""


class AdapterUnknown(RequestRefused):
    """An order names an adapter that its model does not have here; only ids are ever looked up."""

    def __init__(self, model: str, allowed: Collection[str]) -> None:
        told = f"Allowed: {', '.join(sorted(allowed))}" if allowed else "It has none"
        super().__init__(
            f"X-Kaiga-Lora names an adapter that {model} does not have on this server. {told}."
        )


class LifetimeOutOfRange(RequestRefused):
    """A temporary key would live too short or too long."""

    def __init__(self, shortest_seconds: int, longest_seconds: int) -> None:
        super().__init__(
            f"Range of expire_in_seconds should be [{shortest_seconds}, {longest_seconds}]"
        )


class TaskUnfinished(RequestRefused):
    """A wish that only an ended task can be granted."""

    message = "Only a task that has ended can be kept."


class ParameterRefused(RequestRefused):
    """A member of an OpenAI-shaped request that is not taken as it stands; `parameter` names it."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class VideoNotReady(RequestRefused):
    """The file of a clip that is not made yet, or that won't be."""


class BodyTooSlow(RequestRefused):
    """The body stopped arriving before it was whole."""

    code = "RequestTimeOut"
    message = "Request timed out, please try again later."


class StringTooLong(RequestRefused):
    """One JSON string is over the limit of a single value."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"String value length ({length}) exceeds the maximum allowed ({limit}, one JSON string)"
        )


class TooLarge(KaigaError):
    """More bytes than are taken."""

    code = "BadRequest.TooLarge"
    message = "Payload Too Large."


class BodyTooLarge(TooLarge):
    """The body is over the limit of one request."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"Payload Too Large. The limit is {limit_bytes} bytes.")


class DataUriTooLarge(TooLarge):
    """One data URI is over its limit."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"Exceeded limit on max bytes per data-uri item : {limit_bytes}")


class NotThere(KaigaError):
    """The thing asked for is not there."""

    code = "NotFound"


class PathUnknown(NotThere):
    """No route at this path."""

    message = "Request path not found."


class KeyUnknown(NotThere):
    """No API key of that id."""

    message = "No API key has that id."


class LimitRuleUnknown(NotThere):
    """No limits are set for that account, model or key."""

    message = "Nothing is set for that account, model or key."


class TaskUnknown(NotThere):
    """No task of that id, or not one of this caller's; told by Kaiga's own routes alone."""

    message = "No task has that id."


class ModelNameUnknown(NotThere):
    """A name that an OpenAI-shaped request gives for a model, and that stands for none here."""

    code = "ModelNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The model '{name}' does not exist here. GET /v1/models lists the names that do; the "
            "operator can let another name stand for one of them, in kaiga.toml below "
            f'[openai.models]: "{name}" = "MODEL".'
        )


class VideoUnknown(NotThere):
    """No task of that id that makes a clip, or not one of this caller's."""

    message = "No video has that id."


class ThumbnailUnknown(NotThere):
    """The task has no such file, or none that a small picture can be made of."""

    message = "The task has no picture or clip of that number."


class WebhookUnknown(NotThere):
    """The account has no webhook of that id."""

    message = "No webhook of this account has that id."


class DeliveryUnknown(NotThere):
    """The account has no delivery of that id, or it was so long ago that it is forgotten."""

    message = "No delivery of this account has that id."


class FaultUnknown(NotThere):
    """The account has no fault of that id in the emulator, or it has healed."""

    message = "No fault of this account has that id."


class FaultPlanUnknown(NotThere):
    """The emulator has no ready plan of faults of that name."""

    message = "No plan has that name; GET /kaiga/v1/emulator/faults/plans lists them."


class RecordingMissing(NotThere):
    """A replay has no recording of what was asked; the message names the nearest one."""

    code = "RecordingMissing"


class RecordedLinkUnknown(NotThere):
    """A link through the recorder that no answer of this recorder held."""

    code = "RecordedLinkUnknown"
    message = (
        "This link was not in any answer since the recorder started, and no file keeps its "
        "signature. Query the task again for a link that works."
    )


class UpstreamUnanswered(KaigaError):
    """The server behind the recorder gave no answer; nothing was recorded."""

    code = "UpstreamUnreachable"


class UpstreamUnreachable(UpstreamUnanswered):
    """No connection, or one that broke."""


class UpstreamUntrusted(UpstreamUnanswered):
    """Its certificate or its encryption is not accepted."""

    code = "UpstreamUntrusted"


class UpstreamTimedOut(UpstreamUnanswered):
    """It took longer than the recorder waits."""

    code = "UpstreamTimedOut"


class WebhookExists(KaigaError):
    """An address that the account has already."""

    code = "Conflict"
    message = "This address is a webhook of the account already. Remove it first to have a new one."


class RepeatDiffers(KaigaError):
    """An idempotency key that another call has used before."""

    code = "Conflict"
    message = "This Idempotency-Key belongs to another request. Send a new one with a new request."


class TaskNotCancellable(KaigaError):
    """The task is not PENDING, or is not there for this caller."""

    code = "UnsupportedOperation"
    message = "Failed to cancel the task, please confirm if the task is in PENDING status."


class TryLater(KaigaError):
    """Nothing is wrong with the request; the service can't serve it now."""

    code = "ModelUnavailable"
    message = "Service is unavailable, please try again later."
    retry_after_seconds: int = 2


class StoreUnavailable(TryLater):
    """The task store did not take or give the data; nothing was changed."""


class ObjectsUnavailable(TryLater):
    """The object store did not take or give the bytes."""


class Overloaded(TryLater):
    """Too much is in flight at this moment."""

    code = "Throttling"
    message = "Too many requests in route. Please try again later."


class QueueFull(TryLater):
    """As many tasks of the account wait for the model as may; contract/core.md, 5.7 and 13."""

    code = "Throttling.AllocationQuota"
    message = "Allocated quota exceeded, please increase your quota limit."


class RateExceeded(TryLater):
    """More calls in a second or a minute than are allowed; contract/core.md, 5.7."""

    code = "Throttling.RateQuota"
    message = "Requests rate limit exceeded, please try again later."

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class AccountsFull(TryLater):
    """The emulator has as many accounts as it may, and a task of each waits or runs."""

    code = "Throttling"
    message = (
        "The emulator has as many accounts as KAIGA_EMULATOR_MAX_ACCOUNTS allows, and each has "
        "tasks that have not ended."
    )


class TaskFailed(KaigaError):
    """The task behind a synchronous call ended without a result; code and message are its own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    @property
    def lies_with_the_service(self) -> bool:
        """Tell whether it failed for no fault of the request (contract/core.md, 5.7)."""
        return self.code.startswith(_SERVICE_FAULTS)


_SERVICE_FAULTS = (
    "InternalError",
    "ModelServiceFailed",
    "RequestTimeOut",
    "ResponseTimeout",
    "RewriteFailed",
    "SystemError",
)


class WaitedTooLong(KaigaError):
    """A synchronous call's task has not ended in time; it goes on, and the list shows it."""

    code = "RequestTimeOut"
    message = "Request timed out, please try again later."


class LinkRefused(KaigaError):
    """A result link that opens nothing."""

    code = "AccessDenied"


class LinkExpired(LinkRefused):
    """The link's time is over: it was opened at `opened_at`, by the calendar of its account."""

    message = "Request has expired."

    def __init__(self, expired_at: datetime, opened_at: datetime) -> None:
        super().__init__()
        self.expired_at = expired_at
        self.opened_at = opened_at


class SignatureWrong(LinkRefused):
    """The link was changed, or was never ours."""

    code = "SignatureDoesNotMatch"
    message = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method."
    )


class ResultGone(LinkRefused):
    """The link is good and its object is no longer kept."""

    code = "NoSuchKey"
    message = "The specified key does not exist."


class UploadRefused(KaigaError):
    """An upload form that stores nothing; codes and texts are those of object storage."""

    code = "InvalidArgument"


class PolicyExpired(UploadRefused):
    """The policy's time is over (contract/core.md, 8.2)."""

    code = "AccessDenied"
    message = "Invalid according to Policy: Policy expired."


class PolicyBroken(UploadRefused):
    """A field of the form is not what the policy allows."""

    code = "AccessDenied"

    def __init__(self, condition: str) -> None:
        super().__init__(f"Invalid according to Policy: Policy Condition failed: {condition}")


class UploadExists(UploadRefused):
    """A file was uploaded under this key already (contract/core.md, 8.2)."""

    code = "FileAlreadyExists"
    message = "The object you specified already exists and can not be overwritten."


class UploadTooLarge(UploadRefused):
    """The file is larger than the policy allows."""

    code = "EntityTooLarge"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"Your proposed upload exceeds the maximum allowed size, {limit_bytes} bytes."
        )


class FormMalformed(UploadRefused):
    """The body is no form whose last part is the file."""

    code = "MalformedPOSTRequest"
    message = "The body of your POST request is not well-formed multipart/form-data."


class FormIncomplete(UploadRefused):
    """A field is missing, or stands after the file."""

    def __init__(self, field: str) -> None:
        super().__init__(
            f"Bucket POST must contain a field named '{field}'. "
            "If it is specified, please check the order of the fields."
        )


class FormFieldsTooLarge(UploadRefused):
    """The fields before the file are more than any form needs."""

    code = "MaxPOSTPreDataLengthExceededError"
    message = "Your POST request fields preceding the upload file were too large."


class FileCountWrong(UploadRefused):
    """No file, or more than one."""

    code = "IncorrectNumberOfFilesInPOSTRequest"
    message = "POST requires exactly one file upload per request."


class ObjectNameInvalid(UploadRefused):
    """The key can't name an object."""

    code = "InvalidObjectName"
    message = "The specified object name is not valid."


class SubmittedBefore(KaigaError):
    """A task with the same idempotency key is there already; `is_same` tells of the same body."""

    message = "A task was submitted under this key before."

    def __init__(self, task_id: TaskId, *, is_same: bool = True) -> None:
        super().__init__()
        self.task_id = task_id
        self.is_same = is_same


class LeaseLost(KaigaError):
    """A write of a worker that no longer holds the task; nothing was written."""

    message = "The lease on this task is lost."


class EngineBusy(KaigaError):
    """No engine's process was free for a run that was to begin soon."""

    message = "Every engine is busy."


class EngineCrashed(KaigaError):
    """The engine's process ended, or broke its protocol, before its work was done."""

    code = "InternalError.Algo"
    message = "inference internal error."


class EngineHung(KaigaError):
    """The engine told nothing for longer than it may; its process was killed."""

    code = "InternalError.Algo"
    message = "inference internal error."


class EngineAway(KaigaError):
    """The engine can't be reached now, or takes nothing now; the batch was not begun."""

    message = "The engine does not answer."


class EngineUnfit(KaigaError):
    """The engine can't make this model's tasks as it is set up.

    Its weights are missing or broken, or need more than there is. The message is for operators.
    """

    message = "The engine can't load the model."


class EngineOutOfMemory(EngineUnfit):
    """The device has too little memory for one result, after everything that saves some was tried.

    A smaller result may fit. The message is for operators.
    """

    message = "The engine has too little memory for one result."


class EngineStopped(KaigaError):
    """The engine stopped its batch before the end, as it was asked to."""

    message = "The engine has stopped as it was asked to."


class ObjectMissing(KaigaError):
    """No object under that key."""

    message = "No object has that key."


class MarkingFailed(KaigaError):
    """A label or a signature could not be written into a result; the message is for the log."""

    message = "The file could not be marked."


class RewriteFailed(KaigaError):
    """No text came that can stand for a prompt (contract/core.md, 5.7); `reason` is for operators.

    Whether the prompt goes on as it was, or its task fails in these words, a setting says.
    """

    code = "RewriteFailed"
    message = "Failed to rewrite content for prompt."

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class ContentCheckAway(KaigaError):
    """The content check did not answer; `reason` is for operators."""

    message = "The content check of this server does not answer, please try again later."

    def __init__(self, reason: str = "") -> None:
        super().__init__()
        self.reason = reason


class SettingInvalid(KaigaError):
    """A setting has no usable value; the message names it and says what is allowed."""


class StartRefused(KaigaError):
    """The program can't start here; the message says why and what to do."""


class RestoreRefused(KaigaError):
    """A backup can't be brought back here; the message says why, and nothing was left behind."""


class MoveRefused(KaigaError):
    """What a database holds can't be moved, or not be moved there; the message says why."""
