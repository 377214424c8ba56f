"""`kaiga webhooks`: list, add, remove, test, secret, deliveries, redeliver."""

import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from kaiga.cli.client import ApiClient
from kaiga.cli.options import (
    AsJson,
    Data,
    Key,
    NamedServer,
    Url,
    read_command_settings,
    show_examples,
)
from kaiga.cli.reaching import reach_server
from kaiga.cli.tables import print_done, print_json, print_table, show_instant
from kaiga.cli.webhook_calls import DeliveryShown, WebhookCalls
from kaiga.domain.webhooks import DeliveryState, Webhook

Account = Annotated[
    str | None,
    typer.Option("--account", metavar="ID", help="Another account, for a key with the role admin."),
]
WebhookIdGiven = Annotated[str, typer.Argument(metavar="ID", help="The webhook's id.")]


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group = typer.Typer(
        help="Have addresses told of the ends of tasks, and see what came of it.",
        rich_markup_mode=None,
    )
    for name, command, examples in (
        ("list", list_webhooks, ("kaiga webhooks list",)),
        ("add", add, ("kaiga webhooks add https://example.com/told",)),
        ("remove", remove, ("kaiga webhooks remove ID",)),
        ("test", send_sample, ("kaiga webhooks test ID",)),
        ("secret", show_task_secret, ("kaiga webhooks secret",)),
        (
            "deliveries",
            list_deliveries,
            ("kaiga webhooks deliveries", "kaiga webhooks deliveries --state GIVEN_UP --json"),
        ),
        ("redeliver", redeliver, ("kaiga webhooks redeliver ID",)),
    ):
        group.command(name, epilog=show_examples(*examples))(command)
    app.add_typer(group, name="webhooks")


def list_webhooks(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """List the addresses that are told of every end of the account's tasks."""
    with _open(url, key, data) as client:
        webhooks = WebhookCalls(client, account).list_all()
    if as_json:
        print_json({"webhooks": msgspec.to_builtins(webhooks)})
        return
    if not webhooks:
        print("No webhooks.")
        return
    print_table(("Id", "Address", "Added", "Disabled"), [_row_of(each) for each in webhooks])


def add(
    address: Annotated[str, typer.Argument(metavar="URL", help="What is to be told.")],
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Have an address told of every end, and print the secret that signs it, this once only."""
    with _open(url, key, data) as client:
        made = WebhookCalls(client, account).add(address)
    if as_json:
        print_json(msgspec.to_builtins(made))
        return
    print(made.secret)
    print(f"The webhook's id is {made.id}. Its secret is shown this once.", file=sys.stderr)


def remove(
    webhook_id: WebhookIdGiven,
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Tell an address nothing more."""
    with _open(url, key, data) as client:
        WebhookCalls(client, account).remove(webhook_id)
    print_done(f"Webhook {webhook_id} is removed.", {"id": webhook_id}, as_json=as_json)


def send_sample(
    webhook_id: WebhookIdGiven,
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Send an address the event of a task that does not exist."""
    with _open(url, key, data) as client:
        delivery_id = WebhookCalls(client, account).send_sample(webhook_id)
    said = (
        f"Delivery {delivery_id} is under way; 'kaiga webhooks deliveries' shows what comes of it."
    )
    print_done(said, {"id": delivery_id}, as_json=as_json)


def show_task_secret(
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Print the secret that signs what goes to addresses in the header X-Kaiga-Webhook."""
    with _open(url, key, data) as client:
        secret = WebhookCalls(client, account).get_task_secret()
    print_done(secret, {"secret": secret}, as_json=as_json)


def list_deliveries(
    state: Annotated[
        DeliveryState | None,
        typer.Option("--state", case_sensitive=False, help="Only deliveries in this state."),
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", metavar="ID", help="Only those of this task.")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="ID", help="Only those older than this one.")
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", metavar="COUNT", min=1, max=100, help="At most so many.")
    ] = 20,
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """List what was sent or is to be sent, newest first."""
    wanted = {"state": state, "task_id": task, "before": before, "limit": limit}
    with _open(url, key, data) as client:
        deliveries = WebhookCalls(client, account).list_deliveries(wanted)
    if as_json:
        print_json({"deliveries": msgspec.to_builtins(deliveries)})
        return
    if not deliveries:
        print("No deliveries.")
        return
    headings = ("Id", "State", "Task", "Address", "Tries", "Last try", "Next try", "Answer")
    print_table(headings, [_row_of_delivery(each) for each in deliveries])


def redeliver(
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.")],
    account: Account = None,
    *,
    as_json: AsJson = False,
    url: Url = None,
    key: Key = None,
    data: Data = None,
) -> None:
    """Send a notice again, whatever came of it before."""
    with _open(url, key, data) as client:
        WebhookCalls(client, account).redeliver(delivery_id)
    print_done(f"Delivery {delivery_id} is under way again.", {"id": delivery_id}, as_json=as_json)


def _open(url: str | None, key: str | None, data: Path | None) -> ApiClient:
    settings = read_command_settings({"KAIGA_DATA": data})
    return ApiClient(reach_server(NamedServer(url=url, key=key), settings))


def _row_of(webhook: Webhook) -> tuple[str, ...]:
    times = (show_instant(webhook.created_at), show_instant(webhook.disabled_at))
    return (webhook.id, webhook.url, *times)


def _row_of_delivery(delivery: DeliveryShown) -> tuple[str, ...]:
    status = delivery.answer_status
    return (
        delivery.id,
        delivery.state,
        delivery.task_id,
        delivery.url,
        str(delivery.tries),
        show_instant(delivery.last_tried_at),
        show_instant(delivery.next_try_at),
        delivery.trouble or ("-" if status is None else str(status)),
    )
