"""Objects in a bucket of an S3-compatible store.

No credential is part of any message: see `s3_troubles`.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from obstore.store import S3Store

from kaiga.domain.errors import KaigaError, StartRefused
from kaiga.domain.ids import ObjectKey
from kaiga.domain.media import recognise_media
from kaiga.objects.s3_place import S3Access, S3Place, name_host_of_bucket
from kaiga.objects.s3_troubles import explain, names_no_bucket
from kaiga.objects.stored_objects import StoredObjects

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import ClientConfig, RetryConfig, S3Config

_RETRIES = 3
_CONNECT_TIMEOUT = timedelta(seconds=3)
_REQUEST_TIMEOUT = timedelta(minutes=2)
"""For a whole object on a slow line; while nothing comes at all, `timeout_seconds` counts."""
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(milliseconds=100), timedelta(seconds=2)
_PROBE = "probe"
"""A key that only tells what the addresses of objects begin with."""


class S3Objects(StoredObjects):
    """A bucket, or what lies in it below a prefix; it signs links as well (`LinkSigner`).

    A put that ends in `ObjectsUnavailable` may have stored its bytes all the same, where the
    answer was what got lost; a key is never used for other bytes, so that is no harm.
    """

    def __init__(self, place: S3Place, access: S3Access) -> None:
        store = _open_store(place, access)
        super().__init__(store)
        self._s3 = store
        self._place = place
        self._base_url = ""

    async def check(self) -> None:
        """See `StoredObjects`; looks whether the bucket is there and may be listed."""
        try:
            with self._translated_errors():
                await anext(aiter(obstore.list(self._s3, chunk_size=1)), None)  # pyright: ignore[reportUnknownMemberType]  see `list_entries`
                signed = await obstore.sign_async(self._s3, "GET", _PROBE, timedelta(seconds=1))
        except KaigaError as error:
            raise StartRefused(
                f"The objects at {self._place} can't be used: {error.__cause__}. "
                "docs/objects.md tells what is needed."
            ) from error.__cause__
        self._base_url = signed.partition("?")[0].removesuffix(_PROBE)

    async def delete(self, keys: Sequence[ObjectKey]) -> None:
        """See the port; each by a call of its own, ten at once."""
        if keys:
            with self._translated_errors():
                await obstore.delete_async(self._s3, list(keys))

    def sign(self, key: ObjectKey, good_for: timedelta) -> str:
        """See `LinkSigner`."""
        seconds = ceil(good_for.total_seconds())
        with self._translated_errors():
            return obstore.sign(self._s3, "GET", key, timedelta(seconds=seconds))

    def find_key(self, url: str) -> ObjectKey | None:
        """See `LinkSigner`."""
        path = url.partition("?")[0]
        is_ours = bool(self._base_url) and path.startswith(self._base_url)
        return ObjectKey(path.removeprefix(self._base_url)) if is_ours else None

    @property
    def origin(self) -> str:
        """See `LinkSigner`."""
        parts = urlsplit(self._base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def _describe(self, head: bytes) -> "Attributes | None":
        media = recognise_media(head)
        return None if media is None else {"Content-Type": media.name}

    def _is_missing(self, error: Exception) -> bool:
        return super()._is_missing(error) and not names_no_bucket(error)

    def _explain(self, error: Exception) -> Exception:
        return explain(error)


def _open_store(place: S3Place, access: S3Access) -> S3Store:
    timeout = timedelta(seconds=access.timeout_seconds)
    client: ClientConfig = {
        "connect_timeout": min(timeout, _CONNECT_TIMEOUT),
        "read_timeout": timeout,
        "timeout": _REQUEST_TIMEOUT,
        "allow_http": access.endpoint.startswith("http://"),
    }
    retries: RetryConfig = {
        "max_retries": _RETRIES,
        "retry_timeout": timeout,
        "backoff": {"init_backoff": _FIRST_PAUSE, "max_backoff": _LONGEST_PAUSE},
    }
    return S3Store(
        place.bucket,
        prefix=place.prefix or None,
        config=_make_config(place, access),
        client_options=client,
        retry_config=retries,
    )


def _make_config(place: S3Place, access: S3Access) -> "S3Config":
    config: S3Config = {
        "virtual_hosted_style_request": access.virtual_hosts,
        # OSS and others do not know deletes of many at once.
        "disable_bulk_delete": True,
    }
    if access.region:
        config["region"] = access.region
    if access.endpoint:
        # It counts before every other name of an endpoint that the environment may hold.
        config["aws_endpoint_url_s3"] = (
            name_host_of_bucket(access.endpoint, place.bucket)
            if access.virtual_hosts
            else access.endpoint
        )
    return config
