"""What every maker of the sketch engine takes and gives; one maker does one of the tasks."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field

from kaiga.ports.engine import GenerationJob, JsonValue, MadeFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Step `step` of `steps` of one job is done; both count from 1."""

    step: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a job came to: its files, and what was found out where that was asked."""

    files: tuple[MadeFile, ...] = ()
    findings: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])


class Refused(Exception):
    """This job can't be made, for a reason in its input; both texts are the contract's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


Making = Generator[Step, None, Made]
Maker = Callable[[GenerationJob], Making]
