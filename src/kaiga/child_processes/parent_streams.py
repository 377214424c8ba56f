"""A child's streams to its parent: frames of standard input, frames to standard output.

A child must never outlive its parent: the end of its input is its end, whatever it is doing, and
on Linux the kernel sees to that as well.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO, NoReturn

from kaiga.child_processes.frames import LENGTH

_PR_SET_PDEATHSIG = 1  # Source: Linux, include/uapi/linux/prctl.h


def end_with_parent(parent_id: int) -> None:
    """Have this process end when its parent does; Ctrl-C is the parent's to answer."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_id:
        os._exit(0)  # it died before we could ask to be told
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def take_output() -> BinaryIO:
    """Give what to write frames to; what is printed goes to standard error from now on."""
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # whatever a library prints must not get between our frames
    return output


def write_frames(output: BinaryIO, frames: bytes) -> None:
    """Write frames; ends the process where nobody reads them any more."""
    rest = memoryview(frames)
    try:
        while rest:
            rest = rest[output.write(rest) :]
    except BrokenPipeError:
        os._exit(0)  # the parent is gone, and the end of its commands is just not seen yet


def read_frames(take: Callable[[bytes], None]) -> None:
    """Have `take` called, in a thread, with every frame's content; their end ends the process."""
    threading.Thread(target=serve_frames, args=(take,), daemon=True).start()


def serve_frames(take: Callable[[bytes], None]) -> NoReturn:
    """Call `take` with every frame's content; their end ends the process."""
    pipe = sys.stdin.buffer
    while True:
        head = pipe.read(LENGTH.size)
        if len(head) < LENGTH.size:
            os._exit(0)  # the parent is gone: nobody waits for what is being computed
        (length,) = LENGTH.unpack(head)
        content = pipe.read(length)
        if len(content) < length:
            os._exit(0)
        take(content)
