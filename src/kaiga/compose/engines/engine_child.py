"""The program of an engine child: `python -m` this module, with NAME OPTIONS PARENT."""

import os
import sys

import msgspec

from kaiga.engines.diffusers.options import DiffusersOptions
from kaiga.ports.engine import Engine
from kaiga.worker.engine_child import run_engine_child


class EngineOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What an engine is told when its process starts."""

    sketch_seconds: float = 0.0
    ffmpeg: str = ""
    """The ffmpeg to run; empty lets the engine look for one."""
    diffusers: DiffusersOptions = DiffusersOptions()


def make_child_command(engine: str, options: EngineOptions) -> tuple[str, ...]:
    """Give the command that starts a child; the parent's process id is still to be added."""
    text = msgspec.json.encode(options).decode()
    return (sys.executable, "-m", "kaiga.compose.engines.engine_child", engine, text)


def build_engine(name: str, options: EngineOptions) -> Engine:
    """Build the engine of that name; its modules are imported only in the child that needs them."""
    match name:
        case "sketch":
            from kaiga.engines.sketch.engine import SketchEngine  # noqa: PLC0415  see above

            return SketchEngine(options.sketch_seconds)
        case "diffusers":
            from kaiga.engines.diffusers.engine import DiffusersEngine  # noqa: PLC0415  see above

            return DiffusersEngine(options.diffusers)
        case _:
            raise ValueError(f"no engine is named {name}")


def build_told_engine(name: str, options: str) -> Engine:
    """Build the engine of that name, with its options as JSON."""
    decoded = msgspec.json.decode(options, type=EngineOptions)
    if decoded.ffmpeg:  # engines, and the programs that they run, know it by this name
        os.environ["KAIGA_FFMPEG"] = decoded.ffmpeg
    return build_engine(name, decoded)


def main() -> None:
    """Run one engine until the parent is gone."""
    _, name, options, parent_id = sys.argv
    run_engine_child(lambda: build_told_engine(name, options), int(parent_id))


if __name__ == "__main__":
    main()
