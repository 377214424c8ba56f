"""From a job to the members of an order, and to the parts of a form.

Sources: OpenAI's API reference (images, videos); vLLM-Omni, docs/serving/image_generation_api.md,
image_edit_api.md and videos_api.md; SGLang, docs/diffusion/api/openai_api.md.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from kaiga.engines.openai.options import OpenaiModel
from kaiga.engines.remote.complaints import JobRefused
from kaiga.engines.remote.http_server import FormPart
from kaiga.ports.engine import GenerationJob, JobMedia, JsonValue

MASK = "mask"
_EXTENSIONS = {"image/jpeg": "jpg", "video/quicktime": "mov"}


def make_picture_order(job: GenerationJob, model: OpenaiModel) -> Mapping[str, JsonValue]:
    """Make the members of an order for one picture."""
    return _leave_out_empty(
        {
            **_shared(job, model),
            "n": 1,
            "response_format": "b64_json",
            **model.extra,
        }
    )


def make_clip_order(job: GenerationJob, model: OpenaiModel) -> Mapping[str, JsonValue]:
    """Make the members of an order for one clip."""
    rate = model.frames_per_second or job.frames_per_second
    timing: dict[str, JsonValue] = {}
    if job.duration_seconds:
        timing["seconds"] = f"{job.duration_seconds:g}"
    if rate:
        timing["fps"] = round(rate)
    if job.duration_seconds and rate:
        timing["num_frames"] = round(job.duration_seconds * rate)
    sound = {"generate_sound": True} if job.sound else {}
    return _leave_out_empty({**_shared(job, model), **timing, **sound, **model.extra})


def rename(members: Mapping[str, JsonValue], names: Mapping[str, str]) -> Mapping[str, JsonValue]:
    """Give members the server's own names; those with an empty one are left out."""
    return {
        names.get(name, name): value for name, value in members.items() if names.get(name, name)
    }


def make_form(members: Mapping[str, JsonValue], files: Sequence[FormPart]) -> Sequence[FormPart]:
    """Make the parts of a form; what is no text is written as JSON is."""
    texts: list[FormPart] = [(name, (None, _as_text(value))) for name, value in members.items()]
    return [*texts, *files]


def list_pictures(job: GenerationJob) -> Sequence[JobMedia]:
    """Give the pictures that an edit begins with, in the client's order."""
    return [
        each for each in job.media if each.role != MASK and each.media_type.startswith("image/")
    ]


def find_reference(job: GenerationJob) -> JobMedia | None:
    """Give the picture or clip that a clip begins with, if any.

    Raises:
        JobRefused: there is more than that, or something else.
    """
    if not job.media:
        return None
    first, *more = job.media
    if more or not first.media_type.startswith(("image/", "video/")):
        raise JobRefused(
            "InvalidParameter", "This model takes one picture or one clip here, and nothing else."
        )
    return first


def read_part(name: str, media: JobMedia) -> FormPart:
    """Read an input file as a part of a form; takes the time of reading it."""
    extension = _EXTENSIONS.get(media.media_type, media.media_type.rpartition("/")[2])
    content = Path(media.path).read_bytes()
    return (name, (f"{media.role}.{extension}", content, media.media_type))


def _shared(job: GenerationJob, model: OpenaiModel) -> dict[str, JsonValue]:
    has_size = job.width_pixels and job.height_pixels
    return {
        "prompt": job.prompt,
        "model": model.name,
        "size": f"{job.width_pixels}x{job.height_pixels}" if has_size else "",
        "negative_prompt": job.negative_prompt,
        "seed": job.seed,
    }


def _leave_out_empty(members: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    return {
        name: value
        for name, value in members.items()
        if name == "prompt" or value not in ("", None)
    }


def _as_text(value: JsonValue) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
