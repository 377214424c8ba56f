"""Links that open an object at its store, past this server."""

from datetime import timedelta
from typing import Protocol

from kaiga.domain.ids import ObjectKey


class LinkSigner(Protocol):
    """What an object store that can be reached by clients signs."""

    def sign(self, key: ObjectKey, good_for: timedelta) -> str:
        """Give a URL that gives the object to whoever holds it, for `good_for` from now.

        Computed here, in some 50 microseconds. With credentials that are good for a while only,
        the URL is good for no longer than they are.

        Raises:
            ObjectsUnavailable: there are no credentials at this moment.
        """
        ...

    def find_key(self, url: str) -> ObjectKey | None:
        """Read which object a URL is the address of, signed or not; None for any other URL."""
        ...

    @property
    def origin(self) -> str:
        """Scheme and host of the URLs."""
        ...
