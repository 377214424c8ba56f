"""Addresses of webhooks, and what an answer means."""

import pytest

from kaiga.domain.webhooks import LONGEST_WEBHOOK_URL, Reply, origin_of, read_webhook_url


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("https://told.example/ends", "https://told.example/ends"),
        ("HTTP://told.example:8080", "http://told.example:8080"),
        ("https://told.example/a?b=c#d", "https://told.example/a?b=c"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("https://told.example/猫", "https://told.example/%E7%8C%AB"),
    ],
)
def test_an_address_is_read(text: str, read: str):
    assert read_webhook_url(text) == read


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "http://"),
        ("told.example", "http://"),
        ("ftp://told.example/", "http://"),
        ("file:///etc/passwd", "http://"),
        ("data:image/png;base64,AAAA", "http://"),
        ("https://", "host"),
        ("https:///ends", "host"),
        ("https://user:secret@told.example/", "user"),
        ("https://told.example/a b", "white space"),
        ("https://told.example:99999/", "port"),
        ("https://told.example/" + "a" * LONGEST_WEBHOOK_URL, "2048 characters"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(text: str, why: str):
    with pytest.raises(ValueError, match=why):
        read_webhook_url(text)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Told.example/a/b", "https://told.example"),
        ("http://told.example:81?x=/", "http://told.example:81"),
    ],
)
def test_addresses_at_one_host_and_port_are_of_one_origin(url: str, origin: str):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("status", "is_success", "is_gone"),
    [
        (200, True, False),
        (204, True, False),
        (299, True, False),
        (301, False, False),
        (410, False, True),
        (500, False, False),
        (None, False, False),
    ],
)
def test_only_a_2xx_is_success_and_only_410_the_end(status, is_success: bool, is_gone: bool):
    reply = Reply(status=status)

    assert (reply.is_success, reply.is_gone) == (is_success, is_gone)
