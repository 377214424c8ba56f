"""Whether an object store that is not a folder takes, gives and forgets what it is to."""

import asyncio
import secrets
from collections.abc import Sequence

from kaiga.compose.doctor.checks import Finding, fail, ok
from kaiga.compose.objects import open_objects_of
from kaiga.domain.errors import ObjectMissing, ObjectsUnavailable, SettingInvalid, StartRefused
from kaiga.domain.ids import ObjectKey
from kaiga.objects import S3_SCHEME, StoredObjects
from kaiga.settings import Settings

_CHECK = "Objects"
_HINT = "Look at KAIGA_OBJECTS, the endpoint, the region and the rights; docs/objects.md has them."


def check_objects(settings: Settings) -> Sequence[Finding]:
    """Try a bucket with a small object, which is removed again; nothing is said of a folder."""
    address = settings.objects_address
    if not address.startswith(f"{S3_SCHEME}:"):
        return []
    try:
        asyncio.run(_try(open_objects_of(settings)))
    except (StartRefused, SettingInvalid) as error:
        return [fail(_CHECK, str(error), _HINT)]
    except (ObjectsUnavailable, ObjectMissing) as error:
        return [fail(_CHECK, f"{address} can't be written: {error.__cause__}", _HINT)]
    return [ok(_CHECK, f"{address} takes and gives objects")]


async def _try(objects: StoredObjects) -> None:
    await objects.check()
    key, content = ObjectKey(f"doctor/{secrets.token_hex(8)}"), secrets.token_bytes(64)
    await objects.put(key, content)
    try:
        await objects.read(key)
    finally:
        await objects.delete([key])
