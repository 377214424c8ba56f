"""Opens the object store that an address names, or one of memory."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from obstore.store import MemoryStore

from kaiga.domain.errors import SettingInvalid, StartRefused
from kaiga.objects.local_objects import LocalObjects
from kaiga.objects.stored_objects import StoredObjects


def open_memory() -> StoredObjects:
    """Open an object store of this process's memory, empty."""
    return StoredObjects(MemoryStore())


def open_objects(address: str) -> StoredObjects:
    """Open `file:///folder`, making the folder where it is missing.

    Raises:
        SettingInvalid: no store of that kind is known.
        StartRefused: the folder can't be made or written.
    """
    parts = urlsplit(address)
    if parts.scheme != "file" or not parts.path:
        raise SettingInvalid(
            f"KAIGA_OBJECTS={address} is not understood. Allowed: file:///absolute/folder."
        )
    root = Path(unquote(parts.path))
    try:
        root.mkdir(parents=True, exist_ok=True)
        return LocalObjects(root)
    except OSError as error:
        raise StartRefused(f"The objects folder {root} can't be used: {error.strerror}.") from error
