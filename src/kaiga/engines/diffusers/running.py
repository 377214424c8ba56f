"""Has a pipeline make a batch, and gives way where memory is short: fewer at a time, then offload.

Jobs that are computed alike are made in one call, each with words and a seed of its own, so that a
job gives about the same picture alone and among others.
"""

import inspect
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kaiga.domain.errors import AdapterUnknown, EngineOutOfMemory
from kaiga.engines.diffusers.call import Call
from kaiga.engines.diffusers.devices import Device, is_out_of_memory
from kaiga.engines.diffusers.families.table import prepare
from kaiga.engines.diffusers.files import Refused
from kaiga.engines.diffusers.grouping import Group, group_jobs, list_shown, write_words
from kaiga.engines.diffusers.libraries import diffusers, torch
from kaiga.engines.diffusers.loading import Loaded, move_out
from kaiga.engines.diffusers.previews import find_colours, make_preview
from kaiga.engines.diffusers.telling import Teller
from kaiga.ports.engine import (
    GenerationJob,
    JobFailed,
    MadeFile,
    PhaseBegan,
    PreviewMade,
    ResultMade,
    StepDone,
)

_SECONDS_BETWEEN_PREVIEWS = 1.0


@dataclass(slots=True)
class Run:
    """One batch of one model."""

    loaded: Loaded
    device: Device
    teller: Teller
    previews: bool

    def make(self, batch: Sequence[GenerationJob]) -> None:
        """Make every job, and tell of it.

        Raises:
            Left: nobody wants the batch any more.
            EngineUnfit: the model does not do the task.
            EngineOutOfMemory: the device has too little memory for one job alone, even with the
                model's weights elsewhere.
        """
        has_own_words = any("prompt" in name for name in self.loaded.options.extra)
        waiting = group_jobs(batch, joins_words=not has_own_words)
        while waiting:
            group = waiting.pop(0)
            try:
                self._make_group(group)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                waiting[:0] = self._give_way(group, error)

    def _give_way(self, group: Group, error: BaseException) -> list[Group]:
        """Give what to try instead of a group that found too little memory."""
        error.__traceback__ = None  # its frames hold what has to go
        self.device.free_memory()
        if len(group) > 1:
            half = len(group) // 2
            return [group[:half], group[half:]]
        if self.loaded.offload == "none":
            move_out(self.loaded, self.device)
            return [group]
        raise EngineOutOfMemory(
            f"{self.device.name} has too little memory for one result of {group[0][1].model},"
            " even with its weights in the memory of the CPU; largest_pixels and most_frames"
            " make results smaller"
        )

    def _make_group(self, group: Group) -> None:
        try:
            call = prepare(group[0][1], self.loaded)
            self._choose_adapters(group[0][1])
        except Refused as refusal:
            for index, _ in group:
                self.teller.tell(JobFailed(index=index, code=refusal.code, message=refusal.message))
            return
        if call.is_clip and len(group) > 1:
            for each in group:
                self._make_group([each])
            return
        self.teller.tell(PhaseBegan(phase="generate"))
        output = self._call(call, group)
        self.teller.tell(PhaseBegan(phase="encode"))
        made = _results_of(output, call)
        sound = getattr(output, "audio", None)
        for place, (index, job) in enumerate(group):
            heard = sound[place].float().cpu().numpy() if sound is not None else None
            file = _finish(call, job, made[place], heard)
            if isinstance(file, Refused):
                self.teller.tell(JobFailed(index=index, code=file.code, message=file.message))
            else:
                self.teller.tell(ResultMade(index=index, files=(file,), made_by=self._made_by))

    @property
    def _made_by(self) -> Mapping[str, str]:
        """Tell what made a file. A folder of the hub's is named after its commit."""
        version = f"diffusers {diffusers.__version__}"
        return {"version": version, "revision": self.loaded.weights.folder.name}

    def _call(self, call: Call, group: Group) -> Any:
        pipe = self.loaded.pipe
        taken = inspect.signature(pipe.__call__).parameters
        wanted = {**call.arguments, **self._arguments_of(group, call)}
        arguments = {name: value for name, value in wanted.items() if name in taken}
        with torch.inference_mode():
            return pipe(**arguments, **self.loaded.options.extra)

    def _arguments_of(self, group: Group, call: Call) -> Mapping[str, Any]:
        options, profile = self.loaded.options, self.loaded.weights.profile
        seeds = [torch.Generator("cpu").manual_seed(job.seed) for _, job in group]
        arguments: dict[str, Any] = {
            "generator": seeds if len(seeds) > 1 else seeds[0],
            "output_type": "np" if call.is_clip else "pil",
            "callback_on_step_end": _Steps(self, group, call.sides),
            **write_words(group, profile.blank_negative),
        }
        if options.steps is not None:
            arguments["num_inference_steps"] = options.steps
        if options.guidance is not None:
            arguments[profile.guidance] = options.guidance
        return arguments

    def _choose_adapters(self, job: GenerationJob) -> None:
        """Switch those on that the job names by their ids, or all off."""
        known, pipe = self.loaded.adapters, self.loaded.pipe
        if any(each.id not in known for each in job.adapters):
            raise Refused(AdapterUnknown.code, str(AdapterUnknown(job.model, known)))
        if job.adapters:
            pipe.enable_lora()
            pipe.set_adapters(
                [each.id for each in job.adapters], [each.weight for each in job.adapters]
            )
        elif known:
            pipe.disable_lora()


class _Steps:
    """What a pipeline calls after each of its steps."""

    def __init__(self, run: Run, group: Group, sides: tuple[int, int]) -> None:
        self._run = run
        self._group = group
        self._sides = sides
        self._shows = run.previews and hasattr(run.loaded.pipe, "vae")
        self._shown_at = time.monotonic()

    def __call__(self, pipe: Any, step: int, _time: Any, given: dict[str, Any]) -> dict[str, Any]:
        """Tell of the step; raises `Left`, which ends the pipeline's loop."""
        steps = int(pipe.num_timesteps)
        for index, _ in self._group:
            self._run.teller.tell(StepDone(index=index, step=min(step + 1, steps), steps=steps))
        now = time.monotonic()
        if self._shows and now - self._shown_at >= _SECONDS_BETWEEN_PREVIEWS:
            self._shown_at = now
            for place in list_shown(self._group):
                self._show(pipe, given["latents"], place)
        return given

    def _show(self, pipe: Any, latents: Any, place: int) -> None:
        loaded = self._run.loaded
        try:
            if loaded.colours is None:
                loaded.colours = find_colours(pipe.vae)
            content = make_preview(pipe, latents[place:], self._sides, loaded.colours)
        except (ValueError, TypeError, RuntimeError, AttributeError):
            self._shows = False  # latents of a shape that is not known: the result is what counts
            return
        self._run.teller.tell(PreviewMade(index=self._group[place][0], content=content))


def _results_of(output: Any, call: Call) -> Sequence[Any]:
    """Give what was made, one by one; a picture from a pipeline of clips is its only frame."""
    if hasattr(output, "images"):
        return output.images
    return output.frames if call.is_clip else [frames[0] for frames in output.frames]


def _finish(call: Call, job: GenerationJob, made: Any, sound: Any) -> MadeFile | Refused:
    try:
        return call.finish(job, made, sound)
    except Refused as refusal:
        return refusal
