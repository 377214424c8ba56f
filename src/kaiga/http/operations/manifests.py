"""`/kaiga/v1/tasks/{task_id}/manifest`: what made the results, for who wants the same again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from kaiga.domain.generation import Generation
from kaiga.domain.tasks import Failure, Finding, StoredResult, Task
from kaiga.http.asgi import Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.operations.routing import Route
from kaiga.service.reading.show_manifest import Manifest, ShowManifest, TracedInput, TracedResult

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRoutes:
    """Answers how results came about."""

    callers: Callers
    show_manifest: ShowManifest

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", "/kaiga/v1/tasks/{task_id}/manifest", self._show),)

    async def _show(self, call: Call, task_id: str) -> Answer:
        caller = await self.callers.identify(call)
        manifest = await self.show_manifest(caller, task_id)
        return Answer(body=_encode({"request_id": call.request_id, **_show_manifest(manifest)}))


def _show_manifest(manifest: Manifest) -> Mapping[str, object]:
    """Make the public form; what is not known is null."""
    task, attempt = manifest.task, manifest.attempt
    return {
        "task_id": task.id,
        "status": task.status,
        "model": task.model,
        "operation": task.operation,
        "engine": {
            "name": task.engine or None,
            "version": None,
            "revision": None,
            **(attempt.made_by if attempt else {}),
        },
        **_show_order(task, task.generation),
        "inputs": [_show_input(each) for each in manifest.inputs],
        "timings": {
            "submitted_at": task.submitted_at,
            "scheduled_at": task.scheduled_at,
            "ended_at": task.ended_at,
            "attempt": attempt.number if attempt else None,
            "phases_ms": attempt.phases if attempt else {},
        },
        "results": [
            {"number": number, **_show_result(each)}
            for number, each in enumerate(manifest.results, start=1)
        ],
    }


def _show_order(task: Task, order: Generation | None) -> Mapping[str, object]:
    """Show an order as it was carried out, with every default filled in."""
    if order is None:
        return {
            **dict.fromkeys(("prompt", "actual_prompt", "seed", "parameters")),
            "adapters": [],
        }
    return {
        "prompt": order.prompt,
        "actual_prompt": task.actual_prompt,
        "seed": order.seed,
        "parameters": {
            "negative_prompt": order.negative_prompt,
            "width": order.width_pixels or None,
            "height": order.height_pixels or None,
            "count": order.count,
            "duration": order.duration_seconds,
            "prompt_extend": order.prompt_extend,
            "watermark": order.watermark,
            "options": order.options,
        },
        "adapters": [{"id": each.id, "weight": each.weight} for each in order.adapters],
    }


def _show_input(traced: TracedInput) -> Mapping[str, object]:
    return {
        "member": traced.stored.member,
        "media_type": traced.stored.media_type,
        "size_bytes": traced.stored.size_bytes,
        "sha256": traced.digest,
    }


def _show_result(traced: TracedResult) -> Mapping[str, object]:
    match traced.result:
        case StoredResult() as file:
            return {
                "part": file.part,
                "media_type": file.media_type,
                "size_bytes": file.size_bytes,
                "seed": traced.seed,
                "sha256": traced.digest,
                "made_sha256": file.made_digest or None,
            }
        case Finding() as finding:
            return {"seed": traced.seed, "findings": finding.findings}
        case Failure() as failure:
            return {"seed": traced.seed, "code": failure.code, "message": failure.message}
