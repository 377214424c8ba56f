"""What the tests of inputs are made of: pictures, media that name them, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from msgspec import structs
from PIL import Image

from domain.samples import (
    ACCOUNT,
    MODEL,
    START,
    always,
    make_generation,
    make_lease,
    make_new,
    make_result,
    make_task,
)
from fakes import MemoryObjects, MemoryUploads, SetCalendar
from kaiga.domain.generation import MediaInput
from kaiga.domain.ids import AccountId, ObjectKey
from kaiga.domain.tasks import Task, make_outcome
from kaiga.ports.engine import JobMedia
from kaiga.ports.upload_store import Upload
from kaiga.service.links.result_links import ResultLinks
from kaiga.service.running.collect_inputs import CollectedInput, CollectInputs, InputUnfit
from service.building import read_models
from service.troubled_store import TroubledStore

DAY = timedelta(hours=24)
MEMBER = "input.images[0]"
STORED = ObjectKey(f"{ACCOUNT}/a-task/input/0")


def make_png(width: int = 40, height: int = 30, colour: str = "red") -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), colour).save(written, "PNG")
    return written.getvalue()


RED, BLUE = make_png(), make_png(colour="blue")


def make_medium(url: str = "", member: str = MEMBER, **changes: object) -> MediaInput:
    values = {"role": "reference", "kind": "image", "limits": "test-picture-file", **changes}
    return MediaInput(url=url, member=member, **values)  # type: ignore[arg-type]


def make_stored(content: bytes, key: ObjectKey = STORED, **changes: object) -> MediaInput:
    return make_medium(object_key=key, size_bytes=len(content), **changes)


def make_task_with(*media: MediaInput, account: AccountId = ACCOUNT) -> Task:
    task = make_task(0, account=account, model="test-edit")
    return structs.replace(task, generation=make_generation(media=media))


def read_files(inputs: Sequence[CollectedInput]) -> list[bytes]:
    return [Path(each.file.path).read_bytes() for each in inputs]


@dataclass(frozen=True, kw_only=True)
class Collecting:
    """The use case with its parts, and what a file was while it was at hand."""

    collect: CollectInputs
    store: TroubledStore
    objects: MemoryObjects
    uploads: MemoryUploads
    links: ResultLinks
    calendar: SetCalendar
    folder: Path

    async def read(self, *media: MediaInput, account: AccountId = ACCOUNT) -> list[bytes]:
        """Have the files at hand; gives what was in them."""
        return [content for _, content in await self.look(*media, account=account)]

    async def look(
        self, *media: MediaInput, account: AccountId = ACCOUNT
    ) -> Sequence[tuple[JobMedia, bytes]]:
        task, model = make_task_with(*media, account=account), read_models().find_model("test-edit")
        assert model is not None
        async with self.collect(task, model) as inputs:
            files = [each.file for each in inputs]
            return list(zip(files, read_files(inputs), strict=True))

    async def refuse(self, *media: MediaInput, account: AccountId = ACCOUNT) -> InputUnfit:
        with pytest.raises(InputUnfit) as refused:
            await self.read(*media, account=account)
        return refused.value

    def leftovers(self) -> list[Path]:
        return list(self.folder.rglob("*")) if self.folder.exists() else []


async def publish(collecting: Collecting, content: bytes, account: AccountId = ACCOUNT) -> str:
    """Make a result of an earlier task; gives its link, without scheme and host."""
    tasks = collecting.store.tasks
    await tasks.add(make_new(7, account=account))
    [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START))
    result = structs.replace(make_result(claim.task), size_bytes=len(content))
    await collecting.objects.put(result.object_key, content)
    outcome = make_outcome((result,), {}, None)
    await tasks.finish(claim, outcome, START, START + DAY * 30)
    task = await tasks.find(claim.task.id)
    assert task is not None
    return collecting.links.make(task, 0, result, START, "")


async def upload(
    collecting: Collecting, key: str, content: bytes, account: AccountId = ACCOUNT
) -> None:
    object_key = ObjectKey(f"{account}/uploads/{len(content)}")
    await collecting.objects.put(object_key, content)
    await collecting.uploads.add_upload(
        Upload(
            key=key,
            account=account,
            model="test-edit",
            object_key=object_key,
            size_bytes=len(content),
            uploaded_at=START,
            expires_at=START + DAY,
        )
    )
