"""Bodies read part by part: what counts as in flight, and what ends the reading."""

from collections.abc import Sequence

import pytest

from kaiga.domain.errors import BodyTooLarge, Overloaded
from kaiga.http.asgi import Call, Connection, Headers, Message
from kaiga.http.bodies import BodyReader, ClientGone

BUDGET = 100


@pytest.fixture
def reader() -> BodyReader:
    return BodyReader(largest_bytes=50, largest_in_flight_bytes=BUDGET)


def make_call(parts: Sequence[bytes], *, ends: bool = True, announced: int | None = None) -> Call:
    """A call whose body arrives so; one that does not end is a client that goes away."""
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    messages.append({"type": "http.request" if ends else "http.disconnect", "body": b""})

    async def receive() -> Message:
        return messages.pop(0)

    headers = {} if announced is None else {b"content-length": str(announced).encode()}
    return Call(
        method="POST",
        path="/",
        connection=Connection(receive=receive),
        headers=Headers(headers),
        request_id="",
    )


async def test_a_body_far_over_the_budget_passes_part_by_part(reader: BodyReader):
    call = make_call([b"x" * 60] * 10)

    with reader.reserve(call, largest_bytes=1000) as reservation:
        parts = reservation.read_parts(call)
        seen = [(len(part), reader.in_flight_bytes) async for part in parts]

    assert seen == [(60, 60)] * 10 + [(0, 0)]
    assert reader.in_flight_bytes == 0


async def test_a_part_that_has_no_room_is_refused_and_nothing_stays_counted(reader: BodyReader):
    first, second = make_call([b"x" * 60]), make_call([b"x" * 60])
    with reader.reserve(first, largest_bytes=1000) as held:
        parts = held.read_parts(first)
        await anext(parts)

        with reader.reserve(second, largest_bytes=1000) as refused, pytest.raises(Overloaded):
            await anext(refused.read_parts(second))

        assert reader.in_flight_bytes == 60
        await parts.aclose()
    assert reader.in_flight_bytes == 0


async def test_a_body_over_its_own_limit_is_refused_wherever_it_goes_over(reader: BodyReader):
    call = make_call([b"x" * 40, b"x" * 40])

    with reader.reserve(call, largest_bytes=79) as reservation:
        parts = reservation.read_parts(call)
        await anext(parts)
        with pytest.raises(BodyTooLarge):
            await anext(parts)

    assert reader.in_flight_bytes == 0


async def test_an_announced_length_is_held_against_the_limit_of_its_own_request(
    reader: BodyReader,
):
    call = make_call([], announced=51)

    with pytest.raises(BodyTooLarge):
        reader.reserve(call)

    assert reader.reserve(call, largest_bytes=51).size_bytes == 0


async def test_a_client_that_goes_away_ends_the_reading(reader: BodyReader):
    call = make_call([b"x"], ends=False)

    with reader.reserve(call) as reservation:
        parts = reservation.read_parts(call)
        await anext(parts)
        with pytest.raises(ClientGone):
            await anext(parts)

    assert reader.in_flight_bytes == 0
