"""What the image is built from."""

import re
from pathlib import Path

from deploy.tools import ROOT, judge

DOCKERFILE = ROOT / "Dockerfile"


def test_the_linter_of_dockerfiles_finds_nothing() -> None:
    judge("hadolint", DOCKERFILE)


def test_what_is_copied_is_what_builds_may_see() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    seen = {file for line in lines if line.startswith("!") for file in ROOT.glob(line[1:])}

    copied = re.findall(r"^COPY (?!--)(.*) \S+$", DOCKERFILE.read_text("utf-8"), re.MULTILINE)

    assert {ROOT / name for names in copied for name in names.split()} == seen


def test_nothing_is_installed_without_a_hash_but_torch() -> None:
    text = DOCKERFILE.read_text("utf-8")

    steps = re.findall(r"pip .*?install (.*)$", text, re.MULTILINE)

    unheld = [step for step in steps if "--require-hashes" not in step and "--no-index" not in step]
    assert unheld == ['--no-cache-dir "torch==${TORCH}"']
    for lock in ROOT.glob("requirements/image*.txt"):
        assert all(has_hash(lock, name) for name in names_in(lock))


def test_it_runs_as_a_number_that_is_not_root_and_ends_by_sigterm() -> None:
    text = DOCKERFILE.read_text("utf-8")

    assert re.findall(r"^USER (\S+)$", text, re.MULTILINE) == ["10001:10001"]
    assert re.findall(r"^STOPSIGNAL (\S+)$", text, re.MULTILINE) == ["SIGTERM"]
    assert re.findall(r"^ENTRYPOINT (.+)$", text, re.MULTILINE) == ['["kaiga"]']


def names_in(lock: Path) -> list[str]:
    return re.findall(r"^([a-z0-9][^=\s]*)==", lock.read_text("utf-8"), re.MULTILINE)


def has_hash(lock: Path, name: str) -> bool:
    block = lock.read_text("utf-8").split(f"\n{name}==", 1)[1]
    return "--hash=sha256:" in re.split(r"\n(?=[a-z0-9])", block)[0]
