"""What an answer holds, by the shape that the catalogue has for the model."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from kaiga.domain.catalogue.model import Output
from kaiga.domain.errors import KaigaError
from kaiga.engines.upstream.members import Members, items_of, members_of, objects_of

_OF_EVERY_TASK = frozenset(
    {
        "task_id",
        "task_status",
        "submit_time",
        "scheduled_time",
        "start_time",
        "end_time",
        "task_metrics",
        "task_metric",
        "orig_prompt",
        "actual_prompt",
        "finished",
        "code",
        "message",
    }
)
"""Members that tell of the task and not of what was found out (contract/core.md, 2.3)."""
_PARTS = {"output_vis_image_url": "visible_mask"}
_MISSING = "The upstream's answer holds fewer results than were asked for."


class FoundFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file and where it is; `part` as in `MadeFile`."""

    url: str
    part: str = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One result: its files and findings, or why there is none."""

    files: tuple[FoundFile, ...] = ()
    findings: Mapping[str, object] = {}
    code: str = ""
    message: str = ""


def read_found(output: Members, shape: Output, count: int) -> Sequence[Found]:
    """Give what an answer holds for each of `count` jobs; the last one has all that is too much."""
    found = list(_READERS[shape.shape](output, shape))
    if len(found) > count:
        rest = found[count - 1 :]
        last = rest[0]
        files = tuple(file for each in rest for file in each.files)
        found = [*found[: count - 1], msgspec.structs.replace(last, files=files)]
    missing = Found(code=KaigaError.code, message=_MISSING)
    return [*found, *[missing] * (count - len(found))]


def _read_results(output: Members, _shape: Output) -> Iterator[Found]:
    for each in objects_of(output.get("results")):
        yield _one_of(each, "url")


def _read_png_svg(output: Members, _shape: Output) -> Iterator[Found]:
    for each in objects_of(output.get("results")):
        yield _one_of(each, "png_url", {"svg_url": "svg"})


def _read_choices(output: Members, shape: Output) -> Iterator[Found]:
    findings: dict[str, object] = {}
    for choice in objects_of(output.get("choices")):
        for item in objects_of(members_of(choice.get("message")).get("content")):
            if "image" in item:
                yield Found(files=(FoundFile(url=str(item["image"])),), findings=findings)
                findings = {}
            elif shape.text == "found" and "text" in item:
                findings = {"text": str(item["text"])}


def _read_render_urls(output: Members, _shape: Output) -> Iterator[Found]:
    for url in items_of(output.get("render_urls")):
        yield Found(files=(FoundFile(url=str(url)),))


def _read_findings(output: Members, shape: Output) -> Iterator[Found]:
    yield Found(findings=_rest_of(output, shape, ()))


def _one_url(name: str, within: str = "") -> Callable[[Members, Output], Iterator[Found]]:
    def read(output: Members, shape: Output) -> Iterator[Found]:
        inner = members_of(output.get(within)) if within else output
        if name in inner:
            found = _one_of(inner, name, _PARTS)
            yield msgspec.structs.replace(found, findings=_rest_of(inner, shape, (name, *_PARTS)))

    return read


def _one_of(item: Members, name: str, parts: Mapping[str, str] | None = None) -> Found:
    if name not in item:
        code, message = item.get("code"), item.get("message")
        return Found(code=str(code or KaigaError.code), message=str(message or _MISSING))
    further = (
        FoundFile(url=str(item[member]), part=part)
        for member, part in (parts or {}).items()
        if item.get(member)
    )
    return Found(files=(FoundFile(url=str(item[name])), *further))


def _rest_of(members: Members, shape: Output, but_not: Sequence[str]) -> Mapping[str, object]:
    known = _OF_EVERY_TASK | shape.extra.keys() | set(but_not)
    return {name: value for name, value in members.items() if name not in known}


_READERS: Mapping[str, Callable[[Members, Output], Iterator[Found]]] = {
    "results": _read_results,
    "results_png_svg": _read_png_svg,
    "choices": _read_choices,
    "image_url": _one_url("image_url"),
    "output_image_url": _one_url("output_image_url"),
    "render_urls": _read_render_urls,
    "video_url": _one_url("video_url"),
    "results_video_url": _one_url("video_url", "results"),
    "output_video_url": _one_url("output_video_url"),
    "findings": _read_findings,
}
