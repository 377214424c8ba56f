"""The Postman collection and environments of `kaiga postman`.

All are plain values made of plain values: nothing is asked or written here. The same arguments
always give the same files, ids included, so that a file kept in version control changes only when
its content does.
"""

from kaiga.cli.postman.collection import make_postman_collection
from kaiga.cli.postman.environments import (
    DEFAULT_BASE_URL,
    DEFAULT_MODEL,
    DEFAULT_PROMPT,
    DEFAULT_SIZE,
    make_cloud_environments,
    make_postman_environment,
)

__all__ = [
    "DEFAULT_BASE_URL",
    "DEFAULT_MODEL",
    "DEFAULT_PROMPT",
    "DEFAULT_SIZE",
    "make_cloud_environments",
    "make_postman_collection",
    "make_postman_environment",
]
