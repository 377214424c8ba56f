"""What makes media: a batch of jobs in, a stream of events out.

An engine that computes runs inside a child process of its own and never in the API's; it knows no
store, no object store and no clock but its own pace. What a job takes as input lies in local files,
which are there for as long as the batch is being made.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

import msgspec

from kaiga.domain.adapters import ChosenAdapter

JsonValue = object
"""What JSON can hold; `object`, since no decoder here takes a recursive type."""


class CancelLevel(StrEnum):
    """How soon a batch that is being made can be left."""

    NONE = "none"
    """Not at all: what it makes is dropped."""
    QUEUED = "queued"
    """As long as the engine has not begun with it."""
    BOUNDARY = "boundary"
    """Between two jobs."""
    STEP = "step"


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine can do, whatever the model.

    `largest_batch` is how many jobs it makes together. `reports_steps` tells whether it tells of
    its steps, `previews` whether it shows unfinished pictures, `lora` whether a job may name
    adapters, `deterministic` whether the same job gives the same file again, `rewrites_prompts`
    whether it does so itself where the order wants that, so that nobody does it before.
    """

    largest_batch: int = 1
    reports_steps: bool = False
    cancel: CancelLevel = CancelLevel.NONE
    previews: bool = False
    lora: bool = False
    deterministic: bool = False
    rewrites_prompts: bool = False


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch is expected to take; 0 where that is not known."""

    seconds: float = 0.0
    memory_bytes: int = 0


class JobMedia(msgspec.Struct, frozen=True, kw_only=True):
    """One input file of a job.

    `role` says what it is for (docs/glossary.md lists the roles); several files of one role keep
    the order in which the client gave them. `path` is absolute. Measures are 0 where the kind of
    file has none.
    """

    role: str
    path: str
    media_type: str
    width_pixels: int = 0
    height_pixels: int = 0
    duration_seconds: float = 0.0
    frames_per_second: float = 0.0
    has_sound: bool = False


class GenerationJob(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to make: a picture, a clip, or a judgement on a picture.

    `task` is what has to be done, as the catalogue names it (`text-to-image`, `first-frame-to-
    video`, ...). `prompt` is the text to follow, already rewritten where rewriting is on. `seed`
    is the seed of this very job: picture k of a task has the task's seed + k. `watermark` is the
    text of a visible mark at the lower right, empty for none. Width and height are 0 where the
    result takes its size from the input. Durations and frame rates are 0 for pictures; `sound`
    tells whether a clip carries a sound track. `options` are the model's further parameters, each
    checked and with its default filled in, under the contract's own names. `adapters` are those
    to make it with; no job of an engine that knows none has any.
    """

    model: str
    task: str
    prompt: str
    negative_prompt: str = ""
    width_pixels: int = 0
    height_pixels: int = 0
    seed: int = 0
    watermark: str = ""
    duration_seconds: float = 0.0
    frames_per_second: float = 0.0
    sound: bool = False
    media: tuple[JobMedia, ...] = ()
    options: Mapping[str, JsonValue] = {}
    adapters: tuple[ChosenAdapter, ...] = ()

    def media_of(self, role: str) -> tuple[JobMedia, ...]:
        """Give the input files of one role, in the client's order."""
        return tuple(each for each in self.media if each.role == role)


class LoadProgressed(msgspec.Struct, frozen=True, kw_only=True, tag="loading"):
    """So much of a model is ready, from 0 to 1."""

    part: float


class PhaseBegan(msgspec.Struct, frozen=True, kw_only=True, tag="phase"):
    """The batch entered a phase: `load`, `generate` or `encode`."""

    phase: str


class StepDone(msgspec.Struct, frozen=True, kw_only=True, tag="step"):
    """Step `step` of `steps` is done for job `index`; both count from 1, `index` from 0."""

    index: int
    step: int
    steps: int


class PreviewMade(msgspec.Struct, frozen=True, kw_only=True, tag="preview"):
    """An unfinished picture of job `index`, as an encoded file."""

    index: int
    content: bytes


class MadeFile(msgspec.Struct, frozen=True, kw_only=True):
    """One finished file, with its measures; `part` tells apart the files of one job.

    The part is empty for the result itself; some tasks give further files beside it, such as the
    `svg` of a word or the `visible_mask` of a segmentation.
    """

    content: bytes
    part: str = ""
    width_pixels: int = 0
    height_pixels: int = 0
    duration_seconds: float = 0.0
    frames_per_second: float = 0.0


class ResultMade(msgspec.Struct, frozen=True, kw_only=True, tag="result"):
    """Job `index` is done, with its files, and with what was found out where that was asked.

    `findings` are members of the answer in the contract's own words: a judgement
    (`check_pass`, `face_bbox`), a text beside a picture (`text`), an id (`template_id`).
    `made_by` is what made it, for who wants the same again: `version` of the engine, `revision`
    of the weights, and what else the engine has to tell.
    """

    index: int
    files: tuple[MadeFile, ...] = ()
    findings: Mapping[str, JsonValue] = {}
    made_by: Mapping[str, str] = {}


class JobFailed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """Job `index` can't be made; `code` and `message` are the contract's."""

    index: int
    code: str
    message: str


class AnswerTold(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """What an engine that is a service itself tells of its batch, in place of what we would tell.

    `usage` has the members of the answer's `usage`, a dot in a name standing for a member of a
    member; `actual_prompt` is the text that the prompt was rewritten to, empty where it was not.
    """

    usage: Mapping[str, str | int | float | bool] = {}
    actual_prompt: str = ""


EngineEvent = (
    LoadProgressed | PhaseBegan | StepDone | PreviewMade | ResultMade | JobFailed | AnswerTold
)


class Engine(Protocol):
    """One kind of generator.

    Guarantee: for each job of a batch exactly one `ResultMade` or `JobFailed` is yielded. An
    exception ends the whole batch and means that the engine is broken, not the input.
    """

    @property
    def name(self) -> str:
        """The name shown to people: in `X-Kaiga-Engine`, in metadata, in `kaiga models`."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def estimate(self, batch: Sequence[GenerationJob]) -> Estimate:
        """Tell what a batch is expected to take, before it is made."""
        ...

    def load(self, model: str) -> Iterator[LoadProgressed]:
        """Make ready to generate for `model`, telling how far that is; nothing if it already is.

        Other models may be unloaded for it. The iterator has to be read to its end.

        Raises:
            EngineUnfit: the model can't be loaded, and could not the next time: its weights are
                missing or broken, or need more than there is.
        """
        ...

    def unload(self, model: str) -> None:
        """Give up what `model` takes; does nothing if it is not loaded."""
        ...

    def list_loaded(self) -> Sequence[str]:
        """Give the models that are at hand, the one used last at the end."""
        ...

    def generate(self, batch: Sequence[GenerationJob]) -> Generator[EngineEvent]:
        """Make every job of `batch`, all of the loaded model, and tell of it as it happens.

        Closing the generator cancels the batch and leaves it where it is, so an engine that tells
        of its steps can be stopped at each of them. One that tells nothing for
        `KAIGA_STEP_TIMEOUT_SECONDS` counts as hung.
        """
        ...
