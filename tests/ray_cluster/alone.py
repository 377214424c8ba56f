"""Runs this Python with the given arguments in a network that has nothing but loopback.

Ray puts the machine's own address in the place of 127.0.0.1, and listens there; here that address
is loopback's. Everything that was started ends with it. Where the system does not allow this, the
arguments run as they are, and the tests say that they were skipped.
"""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys

_INSIDE = "--inside"
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 1  # Source: Linux, include/uapi/linux/sockios.h and if.h
_NAMESPACES = ("--net", "--pid", "--fork", "--mount-proc", "--kill-child")


def is_alone() -> bool:
    """Tell whether loopback is the only network that is there."""
    return [name for _, name in socket.if_nameindex()] == ["lo"]


def main() -> int:
    if sys.argv[1] == _INSIDE:
        _raise_loopback()
        return _run_and_reap([sys.executable, *sys.argv[2:]])
    command = ["unshare", *(() if os.geteuid() == 0 else ("--map-root-user",)), *_NAMESPACES]
    if shutil.which("unshare") and subprocess.run([*command, "true"], check=False).returncode == 0:
        command += [sys.executable, __file__, _INSIDE, *sys.argv[1:]]
    else:
        command = [sys.executable, *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SIOCSIFFLAGS, struct.pack("16sH", b"lo", _IFF_UP))


def _run_and_reap(command: list[str]) -> int:
    """Run a command as the first process of its space does: orphans are its own to wait for."""
    process = subprocess.Popen(command)
    while True:
        ended, status = os.wait()
        if ended == process.pid:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
