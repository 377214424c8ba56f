"""A bounded memory of recent things."""

from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A dictionary that forgets what was put in first once it holds `capacity` entries."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: dict[K, V] = {}
        self.find = self._entries.get

    def put(self, key: K, value: V) -> None:
        """Remember `value`, at the price of the oldest entry where there is no room."""
        if len(self._entries) >= self._capacity and key not in self._entries:
            del self._entries[next(iter(self._entries))]
        self._entries[key] = value

    def forget(self, key: K) -> None:
        """Drop an entry; one that is not there is no error."""
        self._entries.pop(key, None)

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()
