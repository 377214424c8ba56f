"""A bounded memory of recent things."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A dictionary that forgets what was put in first once it holds `capacity` entries."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        # Not a plain dict: finding the oldest entry of one walks over all that were deleted.
        self._entries: OrderedDict[K, V] = OrderedDict()
        self.find = self._entries.get

    def put(self, key: K, value: V) -> None:
        """Remember `value`, at the price of the oldest entry where there is no room."""
        if len(self._entries) >= self._capacity and key not in self._entries:
            self._entries.popitem(last=False)
        self._entries[key] = value

    def forget(self, key: K) -> None:
        """Drop an entry; one that is not there is no error."""
        self._entries.pop(key, None)

    def list_keys(self) -> list[K]:
        """Give what is remembered, the oldest first."""
        return list(self._entries)

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()
