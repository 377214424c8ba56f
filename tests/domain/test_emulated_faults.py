"""Faults of the emulator: which are allowed, and at which calls they act."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.emulation.fault_kinds import KINDS, VALUES, complete_fault
from kaiga.domain.emulation.faults import Fault, FaultPoint, Occasion
from kaiga.domain.errors import FieldInvalid


def acts(fault: Fault, calls: int = 12) -> list[int]:
    return [number for number in range(1, calls + 1) if fault.acts_at(number)]


def test_a_fault_without_more_acts_at_every_call():
    assert acts(Fault(kind="throttled"), 3) == [1, 2, 3]


def test_the_nth_call_is_one_call():
    assert acts(Fault(kind="throttled", nth=3)) == [3]


def test_every_third_call_begins_with_the_third():
    assert acts(Fault(kind="throttled", every=3)) == [3, 6, 9, 12]


def test_with_both_it_begins_with_the_nth():
    assert acts(Fault(kind="throttled", nth=2, every=4)) == [2, 6, 10]


@given(seed=st.integers(), probability=st.floats(0, 1))
def test_the_same_seed_makes_the_same_draws(seed: int, probability: float):
    fault = Fault(kind="throttled", seed=seed, probability=probability)

    assert acts(fault, 50) == acts(msgspec.structs.replace(fault), 50)


def test_seeds_differ_and_draws_come_near_the_probability():
    drawn = [acts(Fault(kind="throttled", seed=seed, probability=0.3), 1000) for seed in (1, 2)]

    assert drawn[0] != drawn[1]
    assert all(250 < len(each) < 350 for each in drawn)


def test_chance_0_never_acts_and_1_always():
    assert acts(Fault(kind="throttled", probability=0.0)) == []
    assert len(acts(Fault(kind="throttled", probability=1.0))) == 12


@pytest.mark.parametrize(
    ("scope", "is_covered"),
    [
        ({}, True),
        ({"model": "wan2.5-t2i-preview"}, True),
        ({"model": "wan2.2-t2i-flash"}, False),
        ({"operation": "aigc/text2image/image-synthesis"}, True),
        ({"operation": "aigc:text2image:image-synthesis"}, True),
        ({"operation": "aigc/image2video/video-synthesis"}, False),
        ({"on": FaultPoint.QUERY}, False),
        ({"on": (FaultPoint.QUERY, FaultPoint.CREATE)}, True),
    ],
)
def test_a_scope_covers_what_fits_all_of_it(scope: dict[str, object], is_covered: bool):
    fault = complete_fault(msgspec.convert({"kind": "throttled", **scope}, Fault))
    call = Occasion(
        point=FaultPoint.CREATE,
        model="wan2.5-t2i-preview",
        operation="aigc/text2image/image-synthesis",
    )

    assert fault.covers(call) is is_covered


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_is_complete_without_any_value_and_heals(kind):
    fault = complete_fault(Fault(kind=kind.name))

    assert fault.points == kind.points[:1]
    assert fault.expires_after_seconds == 600
    assert kind.takes.keys() <= set(VALUES)
    assert kind.says.endswith(".")


def test_a_message_follows_its_code():
    fault = complete_fault(Fault(kind="throttled", code="Throttling.AllocationQuota"))

    assert fault.message == "Allocated quota exceeded, please increase your quota limit."


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(kind="earthquake"), "kind must be one of throttled"),
        (Fault(kind="link-gone", on=FaultPoint.CREATE), "can be on file"),
        (Fault(kind="throttled", seconds=3.0), "not seconds"),
        (Fault(kind="throttled", expires_after_seconds=0.0), "expires_after_seconds"),
    ],
)
def test_a_fault_that_cannot_be_is_refused_by_name(fault: Fault, said: str):
    with pytest.raises(FieldInvalid, match=said):
        complete_fault(fault)


def test_faults_of_the_start_last_unless_they_say_so():
    assert complete_fault(Fault(kind="error"), may_last=True).expires_after_seconds == 0
    with_end = Fault(kind="error", expires_after_seconds=5.0)
    assert complete_fault(with_end, may_last=True).expires_after_seconds == 5
