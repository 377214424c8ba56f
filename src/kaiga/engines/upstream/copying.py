"""Copies results before their links expire; a link that no longer opens is asked for again."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

import msgspec
import structlog

from kaiga.domain.catalogue.model import Output
from kaiga.domain.errors import KaigaError
from kaiga.engines.upstream.answers import Answer
from kaiga.engines.upstream.refusals import NotSent, Refused, Unanswered
from kaiga.engines.upstream.results import Found, FoundFile, read_found
from kaiga.engines.upstream.transfers import TransferFailed, Transfers
from kaiga.ports.engine import JobFailed, MadeFile, ResultMade

_log = structlog.get_logger(__name__)
_PAUSES_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 30.0)
"""Between tries: in all some minutes and a half, and a link lives for a day."""
_NOT_COPIED = "The upstream has made this result, but its file could not be copied from there."

AskAgain = Callable[[], Awaitable[Answer]]
"""Gives the answer anew, with new links."""
Measure = Callable[[bytes], Awaitable[MadeFile]]
"""Gives a file with what can be told of its measures."""


class ResultCopier:
    """Makes events of an answer."""

    def __init__(self, transfers: Transfers, measure: Measure) -> None:
        self._transfers = transfers
        self._measure = measure

    async def copy(
        self, answer: Answer, shape: Output, count: int, ask_again: AskAgain | None
    ) -> AsyncGenerator[ResultMade | JobFailed]:
        """Give what became of each of `count` jobs, one after the other."""
        links = _Links(answer, shape, count, ask_again)
        for index, found in enumerate(links.found):
            if not found.files and not found.findings:
                yield JobFailed(index=index, code=found.code, message=found.message)
                continue
            files = [await self._copy(links, index, place) for place in range(len(found.files))]
            whole = [each for each in files if each is not None]
            if len(whole) < len(files):
                yield JobFailed(index=index, code=KaigaError.code, message=_NOT_COPIED)
            else:
                yield ResultMade(index=index, files=tuple(whole), findings=found.findings)

    async def _copy(self, links: "_Links", index: int, place: int) -> MadeFile | None:
        """Give a file, or None where it can't be had after all tries."""
        for pause in (*_PAUSES_SECONDS, None):
            file = links.find(index, place)
            try:
                content = await self._transfers.download(file.url)
            except TransferFailed as failed:
                _log.warning("a result of the upstream could not be copied", reason=str(failed))
                if pause is not None:
                    await asyncio.sleep(pause)
                    await links.renew()
            else:
                return msgspec.structs.replace(await self._measure(content), part=file.part)
        return None


class _Links:
    """What an answer holds, with links that can be renewed."""

    def __init__(
        self, answer: Answer, shape: Output, count: int, ask_again: AskAgain | None
    ) -> None:
        self._shape = shape
        self._count = count
        self._ask_again = ask_again
        self.found: Sequence[Found] = read_found(answer.output, shape, count)

    def find(self, index: int, place: int) -> FoundFile:
        return self.found[index].files[place]

    async def renew(self) -> None:
        """Ask for the links anew; what does not hold the same files as before is left aside."""
        if self._ask_again is None:
            return
        try:
            answer = await self._ask_again()
        except (NotSent, Unanswered, Refused):
            return
        found = read_found(answer.output, self._shape, self._count)
        if [len(each.files) for each in found] == [len(each.files) for each in self.found]:
            self.found = found
