from xml.etree import ElementTree as ET

from harness.claims import ClaimCosts, NodeClaims
from harness.drains import Drain
from harness.latencies import Latency
from harness.machine import Machine
from harness.report import Run, decode_run, encode_run
from harness.scale import QUICK
from plot import draw

SVG = "{http://www.w3.org/2000/svg}"


def make_run(drains: list[Drain]) -> Run:
    return Run(
        is_quick=True,
        machine=Machine(cores=2, system="Linux", data_file_system="ext4", versions={}),
        scale=QUICK,
        claims=[ClaimCosts(name="a & b", waiting=10, first=[1], durable=[1], unsynced=[1, 3])],
        starts=[],
        rounds={},
        latencies=[Latency(name="Kaiga", what="submit to begun", milliseconds=[1.0, 2.0])],
        drains=drains,
        node_rounds={},
        node_claims=[NodeClaims(stored=1000, claimers=4, slots=16, rates=[9.0])],
        compared="",
        other_peers=[],
        not_measured=[],
        problems=[],
        verdicts=[],
    )


def read(picture: str) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314  see the import


def test_a_bar_is_as_long_as_its_median_beside_the_greatest_value_of_its_panel() -> None:
    drains = [
        Drain(name="Kaiga", tasks=101, seconds=1.0),
        Drain(name="Celery", tasks=101, seconds=4.0),
    ]

    picture = read(draw(make_run(drains)))

    widths = [float(bar.attrib["width"]) for bar in picture.iter(f"{SVG}rect")][1:3]
    assert widths[0] == 4 * widths[1]


def test_what_was_not_measured_has_no_panel() -> None:
    picture = read(draw(make_run([])))

    texts = [text.text or "" for text in picture.iter(f"{SVG}text")]
    assert not any("worked off" in text for text in texts)
    assert "a & b (10)" in texts
    assert "4 x 16, 1,000 stored" in texts


def test_a_run_is_read_back_as_it_was_written() -> None:
    run = make_run([Drain(name="Kaiga", tasks=2, seconds=1.0)])

    assert decode_run(encode_run(run)) == run
