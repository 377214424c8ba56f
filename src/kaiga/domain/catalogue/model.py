"""One model of the catalogue: where it answers, what it takes, and what its results look like."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from kaiga.domain.catalogue.fields import Field, Scalar
from kaiga.domain.catalogue.rules import OrderRule
from kaiga.domain.media_wordings import FaultStyle

Mode = Literal["async", "sync"]
Product = Literal["image", "video", "judgement", "template"]
Certainty = Literal["exact", "lenient"]
Shape = Literal[
    "results",
    "results_png_svg",
    "choices",
    "image_url",
    "output_image_url",
    "render_urls",
    "video_url",
    "results_video_url",
    "output_video_url",
    "findings",
]


class Output(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the results of a task are shown in its answer (contract/image-models.md, 4).

    `actual_prompt` and `orig_prompt` tell whether the answer has those members; `metrics` is the
    name under which pictures are counted, empty for none. The further members are those of the
    shape `choices`: `layout` says whether each picture is a choice of its own, `content_type`
    whether content items tell their type, `finished` whether `output.finished` is there, `text`
    whether a text stands beside the picture, `reasoning` whether `reasoning_content` does.
    """

    shape: Shape
    actual_prompt: bool = False
    orig_prompt: bool = False
    metrics: Literal["", "task_metrics", "task_metric"] = ""
    layout: Literal["one_each", "one_for_all"] = "one_each"
    content_type: bool = True
    finished: bool = False
    text: Literal["", "prompt", "found"] = ""
    reasoning: bool = False
    extra: Mapping[str, str | int] = {}
    """Members that this model's answer has besides: a constant, or the option named after `$`."""
    start_time: bool = False
    """Whether the time of the start is also told as `start_time`."""


class Endpoint(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to call a model: `operation` is the path after `/services/`.

    What is given here stands for the model's own: a model may take a prompt at one path and
    messages at the other. `rules` hold here besides the model's.
    """

    operation: str
    mode: Mode
    streams: bool = False
    input: Mapping[str, Field] | None = None
    parameters: Mapping[str, Field] | None = None
    rules: tuple[OrderRule, ...] = ()
    output: Output | None = None
    usage: Mapping[str, str] | None = None
    minimal_request: Mapping[str, object] | None = None
    full_requests: tuple[Mapping[str, object], ...] | None = None


class SizeRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How wide and high a result is where the order names no `W*H`.

    The tier (`1K`, `720P`) comes from the order or is `default_tier`. The shape comes from
    `parameters.ratio`, else from the first or last input of `follows`, else is `default_ratio`.
    `table` has sizes by tier and ratio; elsewhere `budgets` has the pixels of a tier, and both
    sides are rounded to `multiple`. With nothing of this, the engine takes the size of its input,
    and so it does where an option has one of the values of `left_to_engine`.
    """

    default_tier: str = ""
    default_ratio: str = ""
    table: Mapping[str, Mapping[str, str]] = {}
    budgets: Mapping[str, int] = {}
    follows: tuple[str, ...] = ()
    pick: Literal["first", "last"] = "first"
    multiple: int = 1
    rounding: Literal["down", "nearest"] = "down"
    rounds_asked: bool = False
    """Whether the sides of a `W*H` in the order are rounded to `multiple` as well."""
    largest_of_input: int | None = None
    """The size of the input itself, shrunk to so many pixels where it is larger."""
    left_to_engine: Mapping[str, tuple[Scalar, ...]] = {}


class Following(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which inputs give a clip its length where an option has one of these values."""

    options: Mapping[str, tuple[Scalar, ...]]
    follows: tuple[str, ...] = ()


class Clip(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every clip of a model is like.

    Its frames per second are those of the clip given, where there are 0 here; `rates` has others
    by the value of the option `rate_option`. `sound` tells when there is a sound track: a `switch`
    is the option `audio`, a `setting` is the option `audio_setting`, whose `origin` keeps what the
    input has. Where the order names no duration, it is `seconds`, 0 leaving it to the engine, or,
    with `follows`, that of the input of those roles, the shortest of them, at most
    `longest_seconds`; the first of `otherwise` that holds has other roles.
    """

    frames_per_second: float
    rate_option: str = ""
    rates: Mapping[str, float] = {}
    sound: Literal["always", "never", "switch", "setting", "as_input"] = "never"
    seconds: float = 5.0
    follows: tuple[str, ...] = ()
    otherwise: tuple[Following, ...] = ()
    longest_seconds: float | None = None
    longest_with_input: float | None = None
    """How long the clips given and the one made may be together."""


class RateLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the real service allows one account; told by `models/limits` (contract/core.md, 6)."""

    submissions_per_second: int | None = None
    submissions_per_minute: int | None = None
    concurrent_tasks: int | None = None


class Model(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model. The order of `parameters` is the order in which their rules are checked.

    `task` is what the engine is asked to do (docs/glossary.md). A `lenient` model's contract is
    only known in part: it takes what may be meant. `regions` is where the model is offered, empty
    for everywhere; `documented_regions` is where the real service is said to offer it. `usage`
    has, for each member of the answer's `usage`, what it tells (domain/usage); a dot in a name
    stands for a member of a member.
    """

    name: str
    aliases: tuple[str, ...] = ()
    family: str
    title: str
    description: str = ""
    product: Product
    task: str
    priority: Literal[1, 2, 3] = 2
    certainty: Certainty = "exact"
    doubts: tuple[str, ...] = ()
    """What is unknown or chosen about this model, for docs/parity.md."""
    retired: bool = False
    endpoints: tuple[Endpoint, ...]
    regions: frozenset[str] = frozenset()
    documented_regions: tuple[str, ...] = ()
    input: Mapping[str, Field] = {}
    parameters: Mapping[str, Field] = {}
    rules: tuple[OrderRule, ...] = ()
    watermark_text: str = "AI Generated"
    size: SizeRule = SizeRule()
    clip: Clip | None = None
    output: Output
    usage: Mapping[str, str]
    limits: RateLimits = RateLimits()
    media_faults: FaultStyle = FaultStyle.PICTURE
    """In whose words unfit input files are told."""
    minimal_request: Mapping[str, object] = {}
    """`input` and `parameters` of the least that this model takes; media stand as `media:KIND`."""
    full_requests: tuple[Mapping[str, object], ...] = ()
    """Requests that together set every member, each to something else than its default."""

    def list_endpoints(self, operation: str) -> tuple[Endpoint, ...]:
        """Give the ways to call this model at a path: at most one for each mode."""
        return tuple(each for each in self.endpoints if each.operation == operation)

    def input_at(self, endpoint: Endpoint) -> Mapping[str, Field]:
        """Give the members of `input` at an endpoint."""
        return self.input if endpoint.input is None else endpoint.input

    def parameters_at(self, endpoint: Endpoint) -> Mapping[str, Field]:
        """Give the members of `parameters` at an endpoint."""
        return self.parameters if endpoint.parameters is None else endpoint.parameters

    def rules_at(self, endpoint: Endpoint) -> tuple[OrderRule, ...]:
        """Give the rules between members at an endpoint."""
        return (*self.rules, *endpoint.rules)

    def minimal_request_at(self, endpoint: Endpoint) -> Mapping[str, object]:
        """Give the least that is taken at an endpoint."""
        own = endpoint.minimal_request
        return self.minimal_request if own is None else own

    def full_requests_at(self, endpoint: Endpoint) -> tuple[Mapping[str, object], ...]:
        """Give requests that together set every member at an endpoint."""
        return self.full_requests if endpoint.full_requests is None else endpoint.full_requests

    def usage_at(self, operation: str) -> Mapping[str, str]:
        """Give what `usage` tells those who called at a path."""
        endpoints = self.list_endpoints(operation)
        own = next((each.usage for each in endpoints if each.usage is not None), None)
        return self.usage if own is None else own

    def output_at(self, operation: str) -> Output:
        """Give how results are shown to those who called at a path."""
        own = next((each.output for each in self.list_endpoints(operation) if each.output), None)
        return own or self.output


def name_of_operation(operation: str) -> str:
    """Write an operation as lists and notices do, `{group}:{task}:{function}`."""
    return operation.replace("/", ":")


def operation_of_name(name: str) -> str:
    """Read an operation as lists and notices write it."""
    return name.replace(":", "/")
