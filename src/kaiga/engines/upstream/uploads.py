"""Takes input files to the upstream's temporary store (contract/core.md, 8)."""

import asyncio
import mimetypes
from pathlib import Path

import httpx

from kaiga.engines.upstream.client import ModelStudio
from kaiga.engines.upstream.refusals import Unanswered
from kaiga.engines.upstream.transfers import TransferFailed, Transfers
from kaiga.ports.engine import JobMedia


class Uploads:
    """Uploads for one account."""

    def __init__(self, studio: ModelStudio, transfers: Transfers) -> None:
        self._studio = studio
        self._transfers = transfers

    async def upload(self, model: str, file: JobMedia) -> str:
        """Upload a file for a model; gives its `oss://` address, good for 48 hours.

        Raises:
            NotSent, Unanswered, Refused: it was not taken.
        """
        policy = await self._studio.get_policy(model)
        path = Path(file.path)
        ending = mimetypes.guess_extension(file.media_type) or ""
        try:
            key = f"{policy['upload_dir']}/{path.name}{ending}"
            fields = {
                "OSSAccessKeyId": policy["oss_access_key_id"],
                "Signature": policy["signature"],
                "policy": policy["policy"],
                "key": key,
                "x-oss-object-acl": policy["x_oss_object_acl"],
                "x-oss-forbid-overwrite": policy["x_oss_forbid_overwrite"],
                "success_action_status": "200",
                "x-oss-content-type": file.media_type,
            }
            host = str(policy["upload_host"])
        except KeyError as missing:
            raise Unanswered(f"the upload policy has no {missing}") from None
        content = await asyncio.to_thread(path.read_bytes)
        request = httpx.Request(
            "POST", host, data=fields, files={"file": (path.name, content, file.media_type)}
        )
        try:
            await self._transfers.post(request)
        except TransferFailed as failed:
            raise Unanswered(f"an upload failed: {failed}") from None
        return f"oss://{key}"
