"""What the pages for operators give to copy agrees with the defaults that it is made for."""

import re
from pathlib import Path

from kaiga.settings import Settings, list_settings, read_settings

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "systemd" / "kaiga.service"
CONTAINER = ROOT / "Dockerfile"
COMPOSE = ROOT / "deploy" / "compose"
PROXY = ROOT / "docs" / "proxy.md"
MEBIBYTE = 1024 * 1024


def defaults(tmp_path: Path) -> Settings:
    (tmp_path / "kaiga.toml").touch()
    return read_settings({}, tmp_path / "kaiga.toml")


def number_in(text: str, pattern: str) -> int:
    [found] = re.findall(pattern, text, re.MULTILINE)
    return int(found)


def test_every_setting_in_what_is_copied_exists() -> None:
    known = {name for name, _, _ in list_settings()}
    texts = [file.read_text("utf-8") for file in (UNIT, CONTAINER, COMPOSE / "compose.yaml")]

    named = {name for text in texts for name in re.findall(r"\bKAIGA_[A-Z_]+\b", text)}

    assert named - known - {"KAIGA_CONFIG"} == set()


def test_the_service_is_given_the_time_that_a_stop_may_take(tmp_path: Path) -> None:
    given = number_in(UNIT.read_text("utf-8"), r"^TimeoutStopSec=(\d+)$")

    assert given >= 2 * defaults(tmp_path).grace_seconds + 10
    assert f"--stop-timeout {given} " in (ROOT / "docs" / "deploy.md").read_text("utf-8")


def test_the_container_opens_and_asks_the_port_that_kaiga_listens_on(tmp_path: Path) -> None:
    text, port = CONTAINER.read_text("utf-8"), defaults(tmp_path).port

    assert number_in(text, r"^EXPOSE (\d+)$") == port
    assert f"http://127.0.0.1:{port}/healthz" in text


def test_the_proxies_let_the_largest_upload_through(tmp_path: Path) -> None:
    text, needed = PROXY.read_text("utf-8"), defaults(tmp_path).max_upload_bytes + MEBIBYTE

    assert number_in(text, r"client_max_body_size (\d+)m;") * MEBIBYTE >= needed
    for proxy in (text, (COMPOSE / "Caddyfile").read_text("utf-8")):
        assert number_in(proxy, r"max_size (\d+)MiB") * MEBIBYTE >= needed


def test_the_proxy_waits_for_the_longest_silent_call(tmp_path: Path) -> None:
    given = number_in(PROXY.read_text("utf-8"), r"proxy_read_timeout (\d+)s;")

    assert given > defaults(tmp_path).sync_timeout_seconds
