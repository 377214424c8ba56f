"""Only public addresses may be fetched from, and those that a setting names."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.fetch_rules import is_allowed, is_public, read_allowed_place, unwrap_address

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104  an address to refuse, not to listen on
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.19.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_an_address_that_leads_inside_is_not_public(text: str):
    assert not is_public(ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "1.1.1.1",
        "172.15.255.255",
        "172.32.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "169.253.255.255",
        "223.255.255.255",
        "2606:4700::1111",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
    ],
)
def test_an_address_of_the_internet_is_public(text: str):
    assert is_public(ip_address(text))


@given(address=st.ip_addresses())
def test_what_we_call_public_python_calls_global_too(address: IPv4Address | IPv6Address):
    if is_public(address):
        assert unwrap_address(address).is_global


@given(address=st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_however_it_is_wrapped(address: IPv4Address):
    mapped = IPv6Address(f"::ffff:{address}")
    translated = IPv6Address(int(IPv6Address("64:ff9b::")) + int(address))

    assert is_public(mapped) == is_public(translated) == is_public(address)


@pytest.mark.parametrize(
    ("place", "host", "port", "address", "expected"),
    [
        ("10.0.0.0/8", "a.test", 80, "10.1.2.3", True),
        ("10.0.0.0/8", "a.test", 80, "11.1.2.3", False),
        ("10.0.0.0/8", "a.test", 80, "::ffff:10.1.2.3", True),
        ("127.0.0.1", "localhost", 9000, "127.0.0.1", True),
        ("127.0.0.1:9000", "localhost", 9000, "127.0.0.1", True),
        ("127.0.0.1:9000", "localhost", 8600, "127.0.0.1", False),
        ("[::1]:9000", "localhost", 9000, "::1", True),
        ("::1", "localhost", 9000, "::1", True),
        ("fd00::/8", "a.test", 80, "fd12::1", True),
        ("Minio.Internal", "minio.internal.", 9000, "10.0.0.1", True),
        ("minio.internal:9000", "minio.internal", 9001, "10.0.0.1", False),
        ("minio.internal", "evil.minio.internal", 9000, "10.0.0.1", False),
    ],
)
def test_a_setting_allows_the_place_that_it_names_and_no_other(
    place: str, host: str, port: int, address: str, expected: bool
):
    places = [read_allowed_place(place)]

    assert is_allowed(places, host, port, ip_address(address)) is expected


def test_nothing_is_allowed_where_nothing_is_named():
    assert not is_allowed([], "localhost", 80, ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    "text", ["", "http://a.test", "10.0.0.1/8", "a.test:0", "a.test:99999", "a b", "*", "[::1]x"]
)
def test_what_is_no_host_address_or_network_is_refused(text: str):
    with pytest.raises(ValueError, match="no host, address or network"):
        read_allowed_place(text)
