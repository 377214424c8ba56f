"""Where the addresses of accounts are kept that are told of the ends of tasks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from kaiga.domain.ids import AccountId, WebhookId
from kaiga.domain.webhooks import Webhook


class WebhookStore(Protocol):
    """Addresses with the secrets that sign what is sent to them; a secret is never given back.

    All methods raise `StoreUnavailable` where the database did not answer; then nothing was
    changed.
    """

    async def add_webhook(
        self, account: AccountId, url: str, secret: str, now: datetime
    ) -> Webhook:
        """Record an address; every task of the account that ends from now on tells it.

        Raises:
            WebhookExists: the account has the address already; nothing was changed.
            FieldInvalid: the account has as many as it may; nothing was changed.
        """
        ...

    async def list_webhooks(self, account: AccountId) -> Sequence[Webhook]:
        """Give the addresses of an account, oldest first, disabled ones too."""
        ...

    async def find_webhook(self, account: AccountId, webhook_id: WebhookId) -> Webhook | None:
        """Give an address of the account."""
        ...

    async def remove_webhook(self, account: AccountId, webhook_id: WebhookId) -> bool:
        """Forget an address; False where the account has none of that id.

        What still waits to be sent there is given up when its turn comes.
        """
        ...
