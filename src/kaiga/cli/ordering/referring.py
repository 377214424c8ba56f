"""Turns files of this machine into what an order may refer to: the bytes themselves, or uploads."""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path

from kaiga.cli.failures import CommandFailed, ExitStatus
from kaiga.domain.media_formats import SIGNATURE_BYTES, recognise_format
from kaiga.domain.media_limits import MediaLimits

_LARGEST_INLINE_BYTES = 1024 * 1024
"""Well below the 7 MB that contract/core.md, 11 advises: a body is read as a whole."""
_ADDRESSES = ("http://", "https://", "oss://", "data:")

Upload = Callable[[Path], str]
"""Uploads a file and gives its `oss://` address."""


class References:
    """Gives each source its reference; `resolves_uploads` tells whether one is an upload."""

    def __init__(self, limits: Mapping[str, MediaLimits], upload: Upload) -> None:
        self._limits = limits
        self._upload = upload
        self.resolves_uploads = False

    def give(self, source: str, limits_name: str) -> str:
        """Give what an order writes for a file or an address.

        A small file stands in the order itself where the model takes that; any other is uploaded.

        Raises:
            CommandFailed: there is no such file, or it can't be read.
        """
        if not source.startswith(_ADDRESSES):
            source = self._refer_to(Path(source).expanduser(), limits_name)
        self.resolves_uploads |= source.startswith("oss://")
        return source

    def _refer_to(self, file: Path, limits_name: str) -> str:
        limits = self._limits.get(limits_name)
        takes_inline = limits is not None and "base64" in limits.references
        try:
            if not file.is_file():
                raise CommandFailed(f"There is no file {file}.", exit_status=ExitStatus.USAGE)
            if takes_inline and file.stat().st_size <= _LARGEST_INLINE_BYTES:
                return _make_data_uri(file.read_bytes()) or self._upload(file)
            return self._upload(file)
        except OSError as error:
            raise CommandFailed(f"{file} can't be read: {error.strerror}.") from error


def _make_data_uri(content: bytes) -> str | None:
    found = recognise_format(content[:SIGNATURE_BYTES])
    if found is None:
        return None
    return f"data:{found.media_type};base64,{base64.b64encode(content).decode()}"
