"""What kaiga.toml says of an engine of the kind `model-studio`, and of a model that it answers."""

from typing import Annotated

import msgspec

Seconds = Annotated[float, msgspec.Meta(ge=0.05, le=600)]


class UpstreamOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[engines.NAME]`.

    `url` ends in `/api/v1`. The key is in the file `key_file`, which only its owner may read, or in
    the environment variable `key_env`. `queries_per_second` bounds queries, lists and cancels
    together (contract/core.md, 2.1 and 3.2).
    """

    url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s?#@]+$")]
    key_file: str = ""
    key_env: str = ""
    workspace: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 20
    queries_per_second: Annotated[float, msgspec.Meta(ge=0.1, le=1000)] = 20.0
    poll_seconds: Seconds = 1.0
    """The shortest wait between two queries of a task."""
    longest_poll_seconds: Seconds = 15.0
    settle_seconds: Seconds = 5.0
    """How long after a call the upstream's list is taken to show what came of it."""
    resend: bool = False
    """Whether a call is sent again of which nobody can tell whether it was taken."""


class UpstreamModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[models."MODEL".NAME]`: `name` is the model's name at the upstream, empty for the same."""

    name: str = ""
