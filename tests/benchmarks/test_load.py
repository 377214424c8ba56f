import pytest
from harness.load import LoadFailed, parse_outcome


def test_the_outcome_is_found_among_the_other_lines_of_wrk() -> None:
    line = (
        'OUTCOME {"requests":120,"seconds":2.0,"bad_answers":3,"socket_errors":1,'
        '"p50_milliseconds":1.5,"p99_milliseconds":9.0}'
    )

    outcome = parse_outcome(f"Running 2s test @ http://127.0.0.1:1\n{line}\n")

    assert outcome.rate == 60.0
    assert (outcome.bad_answers, outcome.socket_errors) == (3, 1)


def test_a_wrk_without_an_outcome_line_is_a_failure() -> None:
    with pytest.raises(LoadFailed, match="unable to connect"):
        parse_outcome("unable to connect to 127.0.0.1:1 Connection refused\n")
