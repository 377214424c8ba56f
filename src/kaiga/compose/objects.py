"""Opens the object store that the settings name."""

from kaiga.objects import S3Access, S3Objects, StoredObjects, open_objects
from kaiga.ports.link_signer import LinkSigner
from kaiga.settings import Settings


def open_objects_of(settings: Settings, address: str = "") -> StoredObjects:
    """Open the store of the settings, or the one at `address`, reached as the settings say.

    Raises:
        SettingInvalid: no store of that kind is known.
        StartRefused: its folder can't be made or written.
    """
    access = S3Access(
        endpoint=settings.s3_endpoint or "",
        region=settings.s3_region or "",
        virtual_hosts=settings.s3_virtual_hosts,
        timeout_seconds=settings.s3_timeout_seconds,
    )
    return open_objects(address or settings.objects_address, access)


def find_link_signer(settings: Settings, objects: object) -> LinkSigner | None:
    """Give what signs result links in place of this server, where the settings say so."""
    return objects if settings.links == "presigned" and isinstance(objects, S3Objects) else None
