"""Looks at the objects of a server beside it, wherever they lie, as somebody with the store can."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import obstore
from obstore.store import S3Store


class KeptObjects(Protocol):
    """All that one server keeps."""

    def list_keys(self) -> Sequence[str]:
        """Give the keys of all objects, in order."""
        ...

    def read(self, key: str) -> bytes: ...

    def put(self, key: str, content: bytes) -> None:
        """Put what no server knows of."""
        ...

    def remove(self, key: str) -> None: ...


def open_kept_objects(settings: Mapping[str, str]) -> KeptObjects:
    """Open what a server with `settings` keeps."""
    address = settings.get("KAIGA_OBJECTS", "")
    if address.startswith("s3:"):
        return _KeptInBucket(settings)
    root = unquote(urlsplit(address).path) if address else f"{settings['KAIGA_DATA']}/objects"
    return _KeptInFolder(Path(root))


class _KeptInFolder:
    """Its listing shows every file, also of what no client can be given."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def list_keys(self) -> Sequence[str]:
        """Walk as `os` does: it forgives a folder that is purged meanwhile."""
        return sorted(
            str((Path(folder) / name).relative_to(self._root))
            for folder, _, names in os.walk(self._root)
            for name in names
        )

    def read(self, key: str) -> bytes:
        return (self._root / key).read_bytes()

    def put(self, key: str, content: bytes) -> None:
        path = self._root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def remove(self, key: str) -> None:
        (self._root / key).unlink()


class _KeptInBucket:
    def __init__(self, settings: Mapping[str, str]) -> None:
        place = urlsplit(settings["KAIGA_OBJECTS"])
        self._store = S3Store(
            place.netloc,
            prefix=place.path.strip("/") or None,
            endpoint=settings["AWS_ENDPOINT_URL_S3"],
            region=settings["AWS_REGION"],
            access_key_id=settings["AWS_ACCESS_KEY_ID"],
            secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
            client_options={"allow_http": True},
        )

    def list_keys(self) -> Sequence[str]:
        return sorted(entry["path"] for page in obstore.list(self._store) for entry in page)

    def read(self, key: str) -> bytes:
        return bytes(obstore.get(self._store, key).bytes())

    def put(self, key: str, content: bytes) -> None:
        obstore.put(self._store, key, content)

    def remove(self, key: str) -> None:
        obstore.delete(self._store, key)
