"""Sends notices to addresses that clients have named."""

from collections.abc import Mapping
from typing import Protocol

from kaiga.domain.webhooks import Reply


class NoticeSender(Protocol):
    """Speaks HTTP to strangers, under the same rules as `MediaFetcher`."""

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """POST a notice, only to places that are allowed, and follow no redirect.

        It ends within a time that the adapter is given. Whatever goes wrong is told in the
        reply, which holds at most the first KiB of the answer.
        """
        ...
