"""How long an attempt was at what."""

from kaiga.service.running.phase_times import PhaseTimes


class SetClock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def measure(*stretches: tuple[str, float]) -> list[tuple[str, int]]:
    clock = SetClock()
    times = PhaseTimes(clock)
    for phase, seconds in stretches:
        times.begin(phase)
        clock.seconds += seconds
    times.begin("")
    return list(times.list_milliseconds().items())


def test_each_phase_has_its_time_in_the_order_of_their_beginnings():
    assert measure(("load", 0.5), ("generate", 2), ("store", 0.25)) == [
        ("load", 500),
        ("generate", 2000),
        ("store", 250),
    ]


def test_a_phase_that_comes_again_goes_on():
    assert measure(("generate", 1), ("encode", 2), ("generate", 3)) == [
        ("generate", 4000),
        ("encode", 2000),
    ]


def test_a_phase_that_is_begun_twice_is_one():
    assert measure(("load", 1), ("load", 2)) == [("load", 3000)]


def test_nothing_was_at_nothing():
    assert measure() == []
