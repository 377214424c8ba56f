"""A network of the round's own: its servers hear nobody outside, and one worker's line can be cut.

Everything runs in a network namespace with nothing but loopback; one worker runs in a further one,
at the other end of a pair of interfaces. Both end with the processes in them.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Self

HERE, THERE = "10.86.0.1", "10.86.0.2"
"""The addresses of the two ends; they exist in the namespaces of the round alone."""
NETWORK = "10.86.0.0/30"
_INSIDE = "CHAOS_IN_A_NETWORK_OF_ITS_OWN"


def move_into_own_network() -> None:
    """Run this program anew in a namespace of its own; returns where that was done already.

    Raises:
        subprocess.CalledProcessError: namespaces can't be made here.
    """
    if os.environ.get(_INSIDE):
        return
    own = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    subprocess.run([*own, "true"], check=True)
    os.environ[_INSIDE] = "1"
    os.execvp(own[0], [*own, sys.executable, *sys.orig_argv[1:]])  # noqa: S606  this very program


class FarEnd:
    """A namespace at the end of a line that can be cut; `HERE` is what it reaches of this one."""

    def __init__(self) -> None:
        _run("ip", "link", "set", "lo", "up")
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo; exec sleep infinity"], stdout=subprocess.PIPE
        )
        assert self._holder.stdout is not None
        self._holder.stdout.readline()  # the namespace is there
        _run("ip", "link", "add", "near", "type", "veth", "peer", "name", "far")
        _run("ip", "link", "set", "far", "netns", str(self._holder.pid))
        _run("ip", "addr", "add", f"{HERE}/30", "dev", "near")
        _run("ip", "link", "set", "near", "up")
        _run(*self.command, "ip", "addr", "add", f"{THERE}/30", "dev", "far")
        for name in ("lo", "far"):
            _run(*self.command, "ip", "link", "set", name, "up")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.kill()
        self._holder.wait()

    @property
    def command(self) -> Sequence[str]:
        """What a program's command begins with that is to run there."""
        return ("nsenter", "--net", "--target", str(self._holder.pid), "--")

    def cut(self) -> None:
        """Let nothing through any more, as a pulled cable does; nobody is told of it."""
        _run("ip", "link", "set", "near", "down")

    def mend(self) -> None:
        """Let everything through again."""
        _run("ip", "link", "set", "near", "up")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
