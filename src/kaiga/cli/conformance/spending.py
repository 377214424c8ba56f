"""Has every model make the least that it can, and looks at all of the answer and the files.

On a server that bills, this costs money; it runs only where that was asked for.
"""

import asyncio
import base64
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn, cast

from kaiga.cli.conformance.checking import Check, Finding, Verdict, judge
from kaiga.cli.conformance.patterns import find_differences
from kaiga.cli.conformance.refused_models import ASYNC, wait_for_end
from kaiga.cli.conformance.samples import make_sample
from kaiga.cli.conformance.shapes import make_answer_pattern
from kaiga.cli.conformance.target import Answer, Request, Target
from kaiga.cli.describing.fields import list_limits
from kaiga.cli.results import read_results
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.fields import IntegerField
from kaiga.domain.catalogue.model import Endpoint, Model
from kaiga.domain.media import SVG, recognise_media
from kaiga.domain.media_formats import FORMATS, SIGNATURE_BYTES, recognise_format
from kaiga.domain.media_limits import InspectedMedia
from kaiga.domain.validation.sizes import read_size
from kaiga.media.inspecting import ContentInspector
from kaiga.media.inspecting.ffmpeg import find_ffmpeg

_END_SECONDS = 900.0
_DURATION_TOLERANCE_SECONDS = 0.5
_TEMPLATE = "template_id"
_make_sample = cache(make_sample)


class _NeedsEarlier(Exception):
    """A model takes what another one makes, and that has not been made yet in this run."""


@dataclass(slots=True)
class Spending:
    """Makes the checks of a run; remembers what it made for the models that need it."""

    catalogue: Catalogue
    clip_link: str = ""
    """For models that take clips by their address only."""
    template_id: str = ""
    """For models that follow a template of movements."""
    uploaded: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def list_checks(self, models: Sequence[Model]) -> Iterator[Check]:
        """Give one check for each way to call each model; those that need an earlier one last."""
        ordered = sorted(models, key=self._needs_earlier)
        for model in ordered:
            for endpoint in model.endpoints:
                yield Check(
                    name=f"made: {endpoint.mode} at {endpoint.operation}",
                    source="image 4" if model.product == "image" else "video 3",
                    subject=model.name,
                    perform=lambda check, target, model=model, endpoint=endpoint: list(
                        self._perform(check, target, model, endpoint)
                    ),
                )

    def _needs_earlier(self, model: Model) -> bool:
        limits = [self.catalogue.media_limits[name] for name in list_limits(model.input) if name]
        takes_only_links = any(not {"oss", "base64"} & set(each.references) for each in limits)
        return takes_only_links or _TEMPLATE in model.input

    def _perform(
        self, check: Check, target: Target, model: Model, endpoint: Endpoint
    ) -> Iterator[Finding]:
        try:
            request = self._make_request(target, model, endpoint)
        except _NeedsEarlier as need:
            seen = f"not sent: it needs {need}, and none was made before"
            yield check.find("a result", seen, Verdict.SKIPPED)
            return
        answer = target.send(request, _END_SECONDS)
        if endpoint.mode == "async" and answer.is_ok:
            answer = wait_for_end(target, answer, _END_SECONDS)
        pattern = make_answer_pattern(model, endpoint)
        differences = list(find_differences(pattern, answer.members))
        is_made = answer.is_ok and answer.output.get("task_status") in {None, "SUCCEEDED"}
        if not is_made:
            yield check.find("SUCCEEDED", _tell_failure(answer), judge(answer, is_met=False))
            return
        shape = model.output_at(endpoint.operation).shape
        yield check.find(
            f"members and types of {shape} and usage",
            "; ".join(differences) or "so",
            judge(answer, not differences),
            "answer",
        )
        self.template_id = str(answer.output.get(_TEMPLATE, self.template_id))
        for link in read_results(answer.output).links:
            yield self._look_at_file(check, target, link, request.body)

    def _look_at_file(self, check: Check, target: Target, link: str, body: object) -> Finding:
        expected = "200 without a key, its own type, as large and as long as ordered"
        status, content_type, content = target.open_link(link)
        differences = list(_compare_file(status, content_type, content, body))
        media = recognise_media(content)
        if media is not None and media.name.startswith("video/"):
            self.clip_link = link
        verdict = Verdict.DIFFERS if differences else Verdict.EXACT
        return check.find(expected, "; ".join(differences) or "so", verdict, "file")

    def _make_request(self, target: Target, model: Model, endpoint: Endpoint) -> Request:
        minimal = model.minimal_request_at(endpoint)
        fields = model.input_at(endpoint)
        members = cast("Mapping[str, object]", minimal.get("input", {}))
        filled = {
            name: self._fill(target, model, value, list(list_limits({name: fields[name]})))
            if name in fields
            else value
            for name, value in members.items()
            if name in fields or "media:" not in str(value)
        }
        if _TEMPLATE in filled:
            filled[_TEMPLATE] = self.template_id or _refuse("a template of movements")
        body = {"model": model.name, **minimal, "input": filled}
        counting = model.parameters_at(endpoint).get("n")
        if isinstance(counting, IntegerField) and (counting.minimum or 1) <= 1:
            asked = cast("Mapping[str, object]", minimal.get("parameters", {}))
            body["parameters"] = {"n": 1, **asked}
        headers = {"X-DashScope-OssResourceResolve": "enable"} if "oss://" in str(filled) else {}
        headers |= ASYNC if endpoint.mode == "async" else {}
        path = f"services/{endpoint.operation}"
        return Request(method="POST", path=path, headers=headers, body=body)

    def _fill(self, target: Target, model: Model, value: object, limits: Sequence[str]) -> object:
        match value:
            case str() if value.startswith("media:"):
                return self._refer(target, model, value.removeprefix("media:"), limits)
            case dict():
                members = cast("Mapping[str, object]", value)
                return {
                    name: self._fill(target, model, each, limits) for name, each in members.items()
                }
            case list() | tuple():
                items = cast("Sequence[object]", value)
                return [self._fill(target, model, each, limits) for each in items]
            case _:
                return value

    def _refer(self, target: Target, model: Model, sample: str, limits: Sequence[str]) -> str:
        kind = sample.partition(":")[0]
        known = (self.catalogue.media_limits[name] for name in limits if name)
        forms = [each.references for each in known if each.kind == kind]
        file_name, content = _make_sample(sample)
        if all("oss" in each for each in forms):
            key = model.name, sample
            if key not in self.uploaded:
                self.uploaded[key] = _upload(target, model, file_name, content)
            return self.uploaded[key]
        if all("base64" in each for each in forms):
            found = recognise_format(content[:SIGNATURE_BYTES])
            media_type = "application/octet-stream" if found is None else found.media_type
            return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
        return self.clip_link or _refuse("a clip by its address")


def _refuse(need: str) -> NoReturn:
    raise _NeedsEarlier(need)


def _upload(target: Target, model: Model, name: str, content: bytes) -> str:
    answer = target.send(Request(path=f"uploads?action=getPolicy&model={model.name}"))
    policy: Mapping[str, Any] = answer.members.get("data", {})
    key = f"{policy.get('upload_dir')}/{name}"
    form = {
        "OSSAccessKeyId": str(policy.get("oss_access_key_id")),
        "Signature": str(policy.get("signature")),
        "policy": str(policy.get("policy")),
        "key": key,
        "x-oss-object-acl": str(policy.get("x_oss_object_acl")),
        "x-oss-forbid-overwrite": str(policy.get("x_oss_forbid_overwrite")),
        "success_action_status": "200",
    }
    target.send_form(str(policy.get("upload_host")), form, name, content)
    return f"oss://{key}"


def _tell_failure(answer: Answer) -> str:
    output = answer.output
    if "code" in output:
        return f"{output.get('task_status')}, {output['code']}: {output.get('message')}"
    return answer.show() if not output else f"still {output.get('task_status')}"


def _compare_file(status: int, content_type: str, content: bytes, body: object) -> Iterator[str]:
    if status != HTTPStatus.OK:
        yield f"{status}"
        return
    media = recognise_media(content)
    if media is None:
        yield "its bytes are of no kind that is published"
        return
    if content_type.partition(";")[0] != media.name:
        yield f"it is called {content_type} and is {media.name}"
    if media is SVG:
        return
    seen = _inspect(content, media.extension)
    if seen is None:
        yield "it can't be read"
        return
    yield from _compare_measures(seen, body)


def _compare_measures(seen: InspectedMedia, body: object) -> Iterator[str]:
    order = cast("Mapping[str, Mapping[str, object]]", body)
    parameters = order.get("parameters", {})
    size = read_size(str(parameters.get("size", "")))
    if size is not None and size != (seen.width_pixels, seen.height_pixels):
        yield f"it is {seen.width_pixels}x{seen.height_pixels} pixels"
    seconds = parameters.get("duration")
    is_clip = FORMATS[seen.format].kind == "video"
    if is_clip and isinstance(seconds, int):
        too_far = abs(seen.duration_seconds - seconds) > _DURATION_TOLERANCE_SECONDS
        if too_far:
            yield f"it lasts {seen.duration_seconds:.1f} s"


def _inspect(content: bytes, extension: str) -> InspectedMedia | None:
    with tempfile.TemporaryDirectory(prefix="kaiga-conformance-") as folder:
        file = Path(folder) / f"result.{extension}"
        file.write_bytes(content)
        seen = asyncio.run(ContentInspector(ffmpeg=find_ffmpeg()).inspect(file))
    return seen if isinstance(seen, InspectedMedia) else None
