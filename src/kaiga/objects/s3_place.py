"""Where objects lie in an S3-compatible store, and how it is reached."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kaiga.domain.errors import SettingInvalid

S3_SCHEME = "s3"
_BUCKET = re.compile(r"[a-z0-9A-Z][A-Za-z0-9._-]{1,61}[A-Za-z0-9]", re.ASCII)
"""Source: the naming rules of S3, and the capitals that old buckets have."""
_SECRET_PLACES = ("@", "?", "#")
"""What follows or precedes these in an address may be a secret, and is never shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Access:
    """How an S3-compatible store is reached; empty texts leave it to the usual AWS variables.

    `endpoint` is scheme and host of the service, without the bucket. With `virtual_hosts` the
    bucket is the first part of the host, as OSS wants it, else the first part of the path.
    """

    endpoint: str = ""
    region: str = ""
    virtual_hosts: bool = False
    timeout_seconds: float = 10.0
    """How long the store may take for one sign of life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Place:
    """A bucket, and what all keys in it begin with; a prefix may be empty."""

    bucket: str
    prefix: str

    def __str__(self) -> str:
        return f"{S3_SCHEME}://{self.bucket}/{self.prefix}".rstrip("/")


def read_s3_place(address: str) -> S3Place:
    """Read `s3://bucket/prefix`.

    Raises:
        SettingInvalid: it is none; a message never holds what may be a secret.
    """
    allowed = "Allowed: s3://bucket/prefix, without keys, which have variables of their own."
    if any(mark in address for mark in _SECRET_PLACES):
        raise SettingInvalid(f"KAIGA_OBJECTS has more than a bucket and a prefix. {allowed}")
    parts = urlsplit(address)
    if not _BUCKET.fullmatch(parts.netloc):
        raise SettingInvalid(f"KAIGA_OBJECTS={address} names no bucket. {allowed}")
    return S3Place(bucket=parts.netloc, prefix=unquote(parts.path).strip("/"))


def name_host_of_bucket(endpoint: str, bucket: str) -> str:
    """Put a bucket before the host of an endpoint: `https://bucket.host`."""
    scheme, separator, rest = endpoint.partition("://")
    return f"{scheme}{separator}{bucket}.{rest}"
