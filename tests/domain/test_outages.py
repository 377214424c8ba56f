"""What the log hears of an outage."""

from kaiga.domain.outages import Outage


def test_an_outage_is_news_once_when_it_begins_and_once_when_it_is_over():
    outage = Outage()

    assert [outage.note_failure(at) for at in (0.0, 1.0, 500.0)] == [True, False, False]
    assert [outage.note_success() for _ in range(2)] == [True, False]


def test_what_never_failed_is_never_over():
    assert not Outage().note_success()


def test_a_store_that_comes_and_goes_is_news_once_in_ten_seconds():
    outage = Outage()
    told: list[float] = []
    for at in range(25):
        if outage.note_failure(float(at)):
            told.append(at)
        outage.note_success()

    assert told == [0, 10, 20]
