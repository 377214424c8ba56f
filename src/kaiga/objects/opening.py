"""Opens the object store that an address names, or one of memory."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.store import MemoryStore

from kaiga.domain.errors import SettingInvalid, StartRefused
from kaiga.objects.local_objects import LocalObjects
from kaiga.objects.s3_objects import S3Objects
from kaiga.objects.s3_place import S3_SCHEME, S3Access, read_s3_place
from kaiga.objects.stored_objects import StoredObjects

_USUAL_ACCESS = S3Access()


def open_memory() -> StoredObjects:
    """Open an object store of this process's memory, empty."""
    return StoredObjects(MemoryStore())


def open_objects(address: str, access: S3Access = _USUAL_ACCESS) -> StoredObjects:
    """Open `s3://bucket/prefix`, or `file:///folder`, making the folder where it is missing.

    A bucket is not asked for anything yet: see `StoredObjects.check`.

    Raises:
        SettingInvalid: no store of that kind is known.
        StartRefused: the folder can't be made or written.
    """
    parts = urlsplit(address)
    if parts.scheme == S3_SCHEME:
        return S3Objects(read_s3_place(address), access)
    if parts.scheme != "file" or not parts.path:
        raise SettingInvalid(
            f"KAIGA_OBJECTS={address} is not understood. "
            "Allowed: file:///absolute/folder, or s3://bucket/prefix."
        )
    root = Path(unquote(parts.path))
    try:
        root.mkdir(parents=True, exist_ok=True)
        return LocalObjects(root)
    except OSError as error:
        raise StartRefused(f"The objects folder {root} can't be used: {error.strerror}.") from error
