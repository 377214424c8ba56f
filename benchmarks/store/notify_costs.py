"""Measures what NOTIFY costs: commits a second of several writers, and what listeners add.

PostgreSQL lets transactions that notify commit one after the other, through the sync of each. Each
writer inserts a row a transaction for some seconds, alone and with a NOTIFY, without listeners and
with many. docs/scale.md has what comes of it.
"""

import argparse
import asyncio
import time

import asyncpg

_PAYLOAD = "x" * 200


async def write(url: str, seconds: float, *, notifies: bool) -> int:
    """Commit for so long; gives how often."""
    connection = await asyncpg.connect(url)
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        async with connection.transaction():
            await connection.execute("INSERT INTO notify_costs VALUES (1)")
            if notifies:
                await connection.execute("SELECT pg_notify('kaiga', $1)", _PAYLOAD)
        done += 1
    await connection.close()
    return done


async def measure(url: str, writers: int, listeners: int, seconds: float) -> None:
    """Print commits a second with and without NOTIFY."""
    listening = [await asyncpg.connect(url) for _ in range(listeners)]
    await listening[0].execute("CREATE TABLE IF NOT EXISTS notify_costs (one int)")
    for each in listening[1:]:
        await each.add_listener("kaiga", lambda *_: None)
    for notifies in (False, True):
        done = await asyncio.gather(
            *(write(url, seconds, notifies=notifies) for _ in range(writers))
        )
        kind = "with a NOTIFY" if notifies else "without"
        who = f"{writers:3} writers, {listeners - 1:3} listeners"
        print(f"{who}: {sum(done) / seconds:7,.0f}/s {kind}")
    for each in listening:
        await each.close()


def main() -> None:
    """Measure a few cases, each for a second or two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=1.5)
    wanted = parser.parse_args()
    for writers, listeners in ((1, 1), (8, 1), (8, 33)):
        asyncio.run(measure(wanted.url, writers, listeners, wanted.seconds))


if __name__ == "__main__":
    main()
