"""`/v1/images`: pictures from words, and pictures from pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kaiga.http.asgi import Answer, Call, StreamedAnswer
from kaiga.http.openai.image_answers import EventGroup, ImageAnswers
from kaiga.http.openai.image_wishes import ImageWish, read_edit, read_generation
from kaiga.http.openai.members import Members
from kaiga.http.openai.ordering import Ordering
from kaiga.http.operations.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenaiImageRoutes:
    """Answers calls that wait for their pictures; each is a task, which goes on without them."""

    ordering: Ordering
    answers: ImageAnswers

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("POST", "/v1/images/generations", self._generate),
            Route("POST", "/v1/images/edits", self._edit),
        )

    async def _generate(self, call: Call) -> Answer | StreamedAnswer:
        return await self._make(call, read_generation, "image_generation")

    async def _edit(self, call: Call) -> Answer | StreamedAnswer:
        return await self._make(call, read_edit, "image_edit")

    async def _make(
        self, call: Call, read: Callable[[Members], ImageWish], group: EventGroup
    ) -> Answer | StreamedAnswer:
        task, wish = await self.ordering.order(call, "image", read)
        if wish.is_stream:
            return self.answers.stream(call, task, wish, group)
        return await self.answers.answer(call, task, wish)
