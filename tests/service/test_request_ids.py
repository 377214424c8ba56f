"""Ids of calls, which are made many at once."""

from uuid import UUID

from kaiga.service.request_ids import RequestIds


def test_ids_are_uuids_that_never_repeat_over_many_draws_of_randomness():
    request_ids = RequestIds()

    drawn = [request_ids.draw() for _ in range(1000)]

    assert len(set(drawn)) == 1000
    for request_id in drawn:
        assert str(UUID(request_id)) == request_id
        assert request_id.split("-")[2].startswith("9")


def test_two_servers_never_draw_the_same_ids():
    first, second = RequestIds(), RequestIds()

    assert not {first.draw() for _ in range(600)} & {second.draw() for _ in range(600)}
