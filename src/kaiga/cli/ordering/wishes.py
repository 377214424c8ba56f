"""What the options of `generate` say, before it is known where the model wants it."""

from collections.abc import Sequence
from dataclasses import dataclass

from kaiga.cli.failures import CommandFailed, ExitStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaWish:
    """A file or an address, and what it is for.

    `use` is that of the option (`image`, `mask`, `first_frame`, ...), or the name of a member or
    of a type of media where `is_named`.
    """

    use: str
    source: str
    is_named: bool = False

    @property
    def option(self) -> str:
        """The option as it was written."""
        return f"--input {self.use}=" if self.is_named else f"--{self.use.replace('_', '-')}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to make; None leaves a member to the server.

    `settings` are further members and their values as text, in the order in which they were given.
    """

    prompt: str | None = None
    negative_prompt: str | None = None
    size: str | None = None
    count: int | None = None
    seed: int | None = None
    prompt_extend: bool | None = None
    watermark: bool | None = None
    duration: int | None = None
    resolution: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    media: tuple[MediaWish, ...] = ()


def read_pairs(option: str, texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Read `NAME=VALUE` texts.

    Raises:
        CommandFailed: one has no name or no equals sign.
    """
    pairs: list[tuple[str, str]] = []
    for text in texts:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise CommandFailed(
                f"{option} {text!r} is not NAME=VALUE.", exit_status=ExitStatus.USAGE
            )
        pairs.append((name, value))
    return tuple(pairs)
