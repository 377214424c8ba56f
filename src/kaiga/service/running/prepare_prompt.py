"""Makes the text that an engine is to follow out of the prompt that was ordered."""

from dataclasses import dataclass

import structlog

from kaiga.domain.catalogue.model import Model, operation_of_name
from kaiga.domain.errors import RewriteFailed
from kaiga.domain.generation import Generation
from kaiga.domain.order_texts import cut_prompt, find_longest_prompt, list_written_texts
from kaiga.domain.tasks import Task
from kaiga.ports.meter import Meter
from kaiga.ports.prompt_rewriter import LONGEST_PROMPT, PromptKind, PromptRewriter, PromptUse
from kaiga.service.running.check_content import CheckContent
from kaiga.service.running.refusals import TaskRefused

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PreparedPrompt:
    """`actual` is what is followed, None where nothing was to be rewritten."""

    actual: str | None
    rewrite_failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparePrompt:
    """The use case: the words are judged, rewritten, and judged again where that changed them."""

    rewriter: PromptRewriter | None
    """None where the engine rewrites prompts itself."""
    needs_rewriting: bool
    """Whether a task fails whose prompt can't be rewritten; else it goes on as it was."""
    content: CheckContent | None
    meter: Meter

    async def __call__(self, task: Task, model: Model, generation: Generation) -> PreparedPrompt:
        """Prepare the prompt of an order.

        Raises:
            TaskRefused: its words are not allowed, or it could not be rewritten.
            ContentCheckAway: nobody judged them, and the task is to wait.
        """
        operation = operation_of_name(task.operation)
        if self.content is not None:
            written = list_written_texts(model, operation, generation)
            await self.content.check_text("\n".join(written))
        if self.rewriter is None or not (generation.prompt_extend and generation.prompt):
            return PreparedPrompt(None)
        use = PromptUse(
            kind=_kind_of(model, generation),
            longest=find_longest_prompt(model, operation) or LONGEST_PROMPT,
        )
        try:
            rewritten = await self.rewriter.rewrite(generation.prompt, generation.seed, use)
        except RewriteFailed as failed:
            _log.warning("a prompt could not be rewritten", reason=failed.reason)
            self.meter.count_failed_rewrite(model.name)
            if self.needs_rewriting:
                raise TaskRefused(failed.code, str(failed)) from None
            return PreparedPrompt(generation.prompt, rewrite_failed=True)
        actual = cut_prompt(model, operation, rewritten)
        if self.content is not None and actual != generation.prompt:
            await self.content.check_text(actual)
        return PreparedPrompt(actual)


def _kind_of(model: Model, generation: Generation) -> PromptKind:
    if model.product == "video":
        return "clip"
    return "edit" if generation.media else "picture"
