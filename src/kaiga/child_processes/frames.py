"""What goes through the pipes: MessagePack after its length."""

import struct
from collections.abc import Callable

import msgspec

LENGTH = struct.Struct("!I")
_LARGEST_FRAME_BYTES = 512 * 1024 * 1024

_encode = msgspec.msgpack.Encoder().encode


def make_frame(message: msgspec.Struct) -> bytes:
    """Give a message with its length in front."""
    content = _encode(message)
    return LENGTH.pack(len(content)) + content


class FrameReader:
    """Cuts what arrives into frames."""

    def __init__(self, hear: Callable[[memoryview], None]) -> None:
        self._hear = hear
        self._unread = bytearray()

    def take(self, data: bytes) -> None:
        """Have `hear` called with the content of every frame that is whole now.

        Raises:
            ValueError: a frame's length can't be one.
        """
        self._unread += data
        read = 0
        while (begin := read + LENGTH.size) <= len(self._unread):
            (length,) = LENGTH.unpack_from(self._unread, read)
            if length > _LARGEST_FRAME_BYTES:
                raise ValueError("a frame is longer than any can be")
            if begin + length > len(self._unread):
                break
            read = begin + length
            with memoryview(self._unread) as unread:
                self._hear(unread[begin:read])
        del self._unread[:read]
