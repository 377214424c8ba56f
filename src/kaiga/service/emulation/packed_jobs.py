"""Jobs of an engine as bytes, with all that they take: what a result is until it is drawn."""

import secrets
from pathlib import Path

import msgspec

from kaiga.domain.ids import ObjectKey
from kaiga.domain.tasks import StoredResult
from kaiga.ports.engine import GenerationJob

LARGEST_INPUTS_BYTES = 32 * 1024 * 1024
"""Of one job. Each result of a task has its own copy, and a copy is in memory to be drawn from."""
_POSTPONED = ".job"


class _PackedJob(msgspec.Struct, frozen=True):
    """A job, and the contents of its input files in their order."""

    job: GenerationJob
    contents: tuple[bytes, ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_PackedJob).decode


def postponed_key(key: ObjectKey) -> ObjectKey:
    """Name the packed job that lies in the place of the object that is to be drawn."""
    return ObjectKey(f"{key}{_POSTPONED}")


def find_drawn_key(result: StoredResult) -> ObjectKey | None:
    """Name the object that a result is to become; None for one that is what it should be."""
    key = result.object_key
    return ObjectKey(key.removesuffix(_POSTPONED)) if key.endswith(_POSTPONED) else None


def find_size_bytes(result: StoredResult) -> int | None:
    """Give the size of a result's file; None for one that is yet to be drawn."""
    return result.size_bytes if find_drawn_key(result) is None else None


def has_small_inputs(job: GenerationJob) -> bool:
    """Tell whether a job's inputs are small enough to be packed."""
    sizes = (Path(each.path).stat().st_size for each in job.media)
    return sum(sizes) <= LARGEST_INPUTS_BYTES


def pack_job(job: GenerationJob) -> bytes:
    """Pack a job with the files that it takes."""
    contents = tuple(Path(each.path).read_bytes() for each in job.media)
    return _encode(_PackedJob(job, contents))


def unpack_job(packed: bytes, folder: Path) -> GenerationJob:
    """Give a job whose inputs lie in `folder`, which is made if there are any."""
    unpacked = _decode(packed)
    if not unpacked.contents:
        return unpacked.job
    folder.mkdir(mode=0o700, parents=True)
    media = tuple(
        msgspec.structs.replace(each, path=str(_write(content, folder)))
        for each, content in zip(unpacked.job.media, unpacked.contents, strict=True)
    )
    return msgspec.structs.replace(unpacked.job, media=media)


def _write(content: bytes, folder: Path) -> Path:
    path = folder / secrets.token_hex(8)
    path.write_bytes(content)
    return path
