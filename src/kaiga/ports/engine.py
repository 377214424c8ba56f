"""What makes pictures: a batch of jobs in, a stream of events out.

An engine runs inside a child process of its own and never in the API's; it knows no store, no
object store and no clock but its own pace.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

import msgspec


class GenerationJob(msgspec.Struct, frozen=True, kw_only=True):
    """One picture to make.

    `prompt` is the text to draw (already rewritten where rewriting is on). `seed` is the seed of
    this very picture: image k of a task has the task's seed + k. `watermark` asks for a visible
    mark at the lower right.
    """

    model: str
    prompt: str
    negative_prompt: str
    width_pixels: int
    height_pixels: int
    seed: int
    watermark: bool


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


class ResultMade(msgspec.Struct, frozen=True, kw_only=True, tag="result"):
    """Job `index` is done; `content` is the finished file."""

    index: int
    content: bytes


class JobFailed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """Job `index` can't be made; `code` and `message` are the contract's."""

    index: int
    code: str
    message: str


EngineEvent = PhaseBegan | StepDone | PreviewMade | ResultMade | JobFailed


class Engine(Protocol):
    """One kind of generator.

    Guarantee: for each job of a batch exactly one `ResultMade` or `JobFailed` is yielded. An
    exception ends the whole batch and means that the engine is broken, not the input.
    """

    @property
    def name(self) -> str:
        """The name shown to people: in `X-Kaiga-Engine`, in metadata, in `kaiga models`."""
        ...

    def load(self, model: str) -> None:
        """Make ready to generate for `model`; does nothing if it already is."""
        ...

    def generate(self, batch: Sequence[GenerationJob]) -> Iterator[EngineEvent]:
        """Make every job of `batch`, all of the loaded model, and tell of it as it happens."""
        ...
