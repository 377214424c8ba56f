"""The key that a first start makes, left in the data folder for the programs of this machine."""

import contextlib
import os
from pathlib import Path

from kaiga.domain.errors import StartRefused
from kaiga.domain.keys import Role
from kaiga.service.keys.manage_keys import ManageKeys

FILE_NAME = "local-key"


class LocalKey:
    """The file `local-key`: mode 0600, gone once its key is revoked.

    Without a data folder a key is made all the same, and left in no file.
    """

    def __init__(self, data: Path | None, manage_keys: ManageKeys) -> None:
        self._file = None if data is None else data / FILE_NAME
        self._manage_keys = manage_keys

    async def make(self) -> str:
        """Make a key with the role admin and leave it in the file; gives its text.

        Raises:
            StartRefused: the folder can't be written.
            StoreUnavailable: the key could not be recorded.
        """
        _, text = await self._manage_keys.create(name="first start", role=Role.ADMIN)
        if self._file is not None:
            _leave(text, self._file)
        return text

    def forget(self, key_hash: bytes) -> None:
        """Delete the file if it is the key of that hash that lies in it."""
        if self._file is None:
            return
        with contextlib.suppress(OSError):
            if self._manage_keys.hash_of(self._file.read_text("utf-8").strip()) == key_hash:
                self._file.unlink()


def _leave(text: str, path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text + "\n")
    except OSError as error:
        raise StartRefused(f"{path} can't be written: {error.strerror}.") from error


def read_local_key(data: Path) -> str | None:
    """Give the key that lies in a data folder, for commands; None where there is none."""
    try:
        return (data / FILE_NAME).read_text("utf-8").strip() or None
    except OSError:
        return None
