"""Looks at everything that Kaiga needs on this machine, from a command or from the server."""

from collections.abc import Sequence

from kaiga.compose.doctor.checks import (
    Finding,
    check_clock,
    check_engine,
    check_folder,
    check_python,
    check_space,
    check_sqlite,
    check_store,
    ok,
)
from kaiga.compose.doctor.judging_checks import check_judging
from kaiga.compose.doctor.media_checks import (
    check_certificate,
    check_detector,
    check_ffmpeg,
    check_fonts,
)
from kaiga.compose.doctor.objects_check import check_objects
from kaiga.settings import Settings


def examine_machine(settings: Settings) -> Sequence[Finding]:
    """Make every check that needs no server; it must not hold up a loop.

    Takes a second or two, and longer where endpoints that rewrite or judge are slow.
    """
    return [
        check_python(),
        check_sqlite(),
        ok("Settings", "all understood"),
        check_folder(settings),
        check_space(settings),
        check_store(settings),
        *check_objects(settings),
        check_clock(settings),
        check_engine(),
        check_ffmpeg(settings),
        check_fonts(),
        check_detector(),
        check_certificate(settings),
        *check_judging(settings),
    ]
