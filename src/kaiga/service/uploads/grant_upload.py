"""Lets a client put files here for a while."""

from dataclasses import dataclass
from datetime import timedelta

import msgspec

from kaiga.domain.ids import LinkKeyId
from kaiga.domain.keys import Caller
from kaiga.domain.lifetimes import POLICY_LIFETIME, POLICY_LIFETIME_TOLD
from kaiga.domain.uploads import UploadPolicy, make_upload_dir, sign_policy, write_policy
from kaiga.ports.clock import Calendar
from kaiga.service.links.link_keys import LinkKeys


class UploadGrant(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it goes out: written, signed, and what a form has to name besides."""

    policy: str
    signature: str
    key_id: LinkKeyId
    upload_dir: str
    max_bytes: int
    lifetime_told: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantUpload:
    """The use case; it writes nothing, so that a policy that is never used costs nothing."""

    keys: LinkKeys
    calendar: Calendar
    max_bytes: int

    def __call__(self, caller: Caller, model: str, request_id: str) -> UploadGrant:
        """Permit any number of files below a folder that no other policy has."""
        account = caller.principal.account
        now = self.calendar.now(account)
        upload_dir = make_upload_dir(account, now, request_id)
        policy = write_policy(
            UploadPolicy(
                account=account,
                model=model,
                upload_dir=upload_dir,
                max_bytes=self.max_bytes,
                expires_at=now + POLICY_LIFETIME,
            )
        )
        key = self.keys.get_newest()
        return UploadGrant(
            policy=policy,
            signature=sign_policy(key, policy),
            key_id=key.id,
            upload_dir=upload_dir,
            max_bytes=self.max_bytes,
            lifetime_told=POLICY_LIFETIME_TOLD,
        )
