"""Whose calls control an emulator: not those of a page that its reader did not mean to have."""

import pytest

from running import RunningKaiga


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8600", None, 200),
        ("localhost:40123", "http://localhost:3000", 200),
        ("emulator:8600", None, 200),
        ("172.17.0.1:32768", None, 200),
        ("[fd00::1]:8600", None, 200),
        ("emulator:8600", "http://emulator:8600", 200),
        ("evil.example", None, 403),
        ("127.0.0.1.evil.example:8600", None, 403),
        ("127.0.0.1:8600", "http://evil.example", 403),
        ("127.0.0.1:8600", "http://203.0.113.9", 403),
        ("127.0.0.1:8600", "http://intranet", 403),
        ("127.0.0.1:8600", "null", 403),
        ("127.0.0.1:8600", "http://[::1", 403),
    ],
)
def test_a_call_is_taken_from_this_machine_and_what_cannot_be_led_here_alone(
    emulator: RunningKaiga, host: str, origin: str | None, status: int
):
    headers = {"Host": host, **({"Origin": origin} if origin else {})}
    with emulator.client("sk-somebody") as client:
        answer = client.get(f"{emulator.base_url}/kaiga/v1/emulator/clock", headers=headers)

    assert answer.status_code == status
