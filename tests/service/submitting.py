"""Create calls as the tests of submission make them, and what became of them in the store."""

from domain.samples import MODEL, PRINCIPAL, REGION
from kaiga.domain.ids import RequestId, WorkspaceId
from kaiga.domain.keys import Principal
from kaiga.domain.tasks import Task
from kaiga.service.submitting.submit_task import Submission
from service.troubled_store import TroubledStore

OPERATION = "aigc/text2image/image-synthesis"
ORDER_INPUT = {"prompt": "a cat"}
REQUEST_ID = RequestId("0b1f0000-0000-9000-8000-000000000000")


def make_submission(
    *,
    model: object = MODEL,
    order_input: object = ORDER_INPUT,
    raw_body: bytes = b"{}",
    is_async: bool = True,
    operation: str = OPERATION,
    principal: Principal = PRINCIPAL,
    workspace: WorkspaceId = PRINCIPAL.workspace,
    region: str = REGION,
    resolves_uploads: bool = False,
) -> Submission:
    return Submission(
        principal=principal,
        workspace=workspace,
        region=region,
        resolves_uploads=resolves_uploads,
        operation=operation,
        is_async=is_async,
        model=model,
        order_input=order_input,
        parameters={"n": 1},
        raw_body=raw_body,
        request_id=REQUEST_ID,
    )


async def read_request(store: TroubledStore, task: Task) -> tuple[object, object]:
    rows = await store.database.lists.read(
        lambda connection: connection.execute(
            "SELECT request, request_object FROM tasks WHERE id = ?", (task.id,)
        ).fetchall()
    )
    return rows[0][0], rows[0][1]
