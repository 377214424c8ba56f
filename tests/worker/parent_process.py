"""Has an engine child work, tells its process id, and goes on until it is killed.

A program: a test starts it and kills it. The first argument is what the child has to do then.
"""

import asyncio
import sys
from pathlib import Path

from kaiga.ports.engine import ResultMade
from kaiga.worker.child_engine_process import ChildEngineProcess
from worker.jobs import make_jobs

ODD_ENGINE = Path(__file__).with_name("odd_engine.py")


async def main() -> None:
    slot = ChildEngineProcess([sys.executable, str(ODD_ENGINE), "odd"])
    async for event in slot.generate(make_jobs("process")):
        if isinstance(event, ResultMade):
            sys.stdout.write(f"{event.files[0].content.decode()}\n")
            sys.stdout.flush()
    async for _ in slot.generate(make_jobs(*sys.argv[1:])):
        pass
    await asyncio.Event().wait()


asyncio.run(main())
