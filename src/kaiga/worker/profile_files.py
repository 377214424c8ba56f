"""Profiles of batches as files: one of JSON for each device, for people to read as well."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from kaiga.domain.batch_profiles import BatchProfile
from kaiga.domain.errors import StartRefused

_log = structlog.get_logger(__name__)
_UNFIT = re.compile(r"[^A-Za-z0-9.-]+")


class _File(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds; the name of the device is the file's, as the device tells it."""

    device: str
    profiles: tuple[BatchProfile, ...]


class ProfileFiles:
    """Implements `BatchProfiles` by `FOLDER/DEVICE.json`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, device: str) -> Path:
        """Give the file of a device; what a name of a file can't have becomes `-`."""
        return self._folder / f"{_UNFIT.sub('-', device).strip('-.') or 'device'}.json"

    def read(self, device: str) -> Sequence[BatchProfile]:
        """See the port; a file that can't be read is told of in the log."""
        path = self.path_of(device)
        try:
            return msgspec.json.decode(path.read_bytes(), type=_File).profiles
        except FileNotFoundError:
            return ()
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            _log.warning("batch profiles can't be read", file=str(path), reason=str(error))
            return ()

    def keep(self, device: str, profile: BatchProfile) -> None:
        """See the port; who reads finds the old file or the new one, never a part."""
        others = [
            each
            for each in self.read(device)
            if (each.engine, each.shape) != (profile.engine, profile.shape)
        ]
        content = msgspec.json.encode(_File(device=device, profiles=(*others, profile)))
        path = self.path_of(device)
        unfinished = path.with_name(f"{path.name}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                file.write(msgspec.json.format(content, indent=2) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            raise StartRefused(f"{path} can't be written: {error.strerror}.") from error
