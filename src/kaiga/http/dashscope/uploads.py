"""`GET /uploads?action=getPolicy`: permits a client to upload files (contract/core.md, 8.1)."""

import msgspec

from kaiga.domain.errors import MethodRefused, ModelMissing, RequestRefused
from kaiga.domain.uploads import FORBID_OVERWRITE, OBJECT_ACL
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.dashscope.queries import read_query
from kaiga.http.files.receiving import UPLOAD_PATH
from kaiga.http.identity import PublicAddress
from kaiga.service.uploads.grant_upload import GrantUpload

_ACTION = "getPolicy"
_MEGABYTE = 1024 * 1024
_CAPACITY_MEGABYTES = 999_999_999
"""Says that there is no limit; below 2**31, as clients need it (contract/clients.md, 20)."""

_encode = msgspec.json.Encoder().encode


class UploadPolicyRoute:
    """Answers with a policy and with the address that the form goes to."""

    def __init__(
        self, *, grant_upload: GrantUpload, callers: Callers, address: PublicAddress
    ) -> None:
        self._grant_upload = grant_upload
        self._callers = callers
        self._address = address

    async def __call__(self, call: Call) -> Answer:
        """Grant uploads; which model they are meant for is noted, and not looked up.

        Raises:
            RequestRefused: another action, or no model.
            NotAuthenticated, NotAllowed: see `Callers.identify`.
            StoreUnavailable: the store did not answer.
        """
        if call.method not in {"GET", "HEAD"}:
            raise MethodRefused(call.method)
        caller = await self._callers.identify(call)
        asked = read_query(call)
        if asked.get("action") != _ACTION:
            raise RequestRefused(
                "Required parameter(action) missing or invalid, "
                "please check the request parameters."
            )
        if "model" not in asked:
            raise ModelMissing
        grant = self._grant_upload(caller, asked["model"], call.request_id)
        granted = {
            "policy": grant.policy,
            "signature": grant.signature,
            "upload_dir": grant.upload_dir,
            "upload_host": self._address.base_url(call) + UPLOAD_PATH,
            "expire_in_seconds": int(grant.lifetime_told.total_seconds()),
            "max_file_size_mb": grant.max_bytes // _MEGABYTE,
            "capacity_limit_mb": _CAPACITY_MEGABYTES,
            "oss_access_key_id": grant.key_id,
            "x_oss_object_acl": OBJECT_ACL,
            "x_oss_forbid_overwrite": FORBID_OVERWRITE,
        }
        body = _encode({"request_id": call.request_id, "data": granted})
        return Answer(body=body, headers=(JSON, NO_STORE))
