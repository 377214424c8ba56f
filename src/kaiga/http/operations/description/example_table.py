"""An answer of each operation, to be read before anything is sent."""

from collections.abc import Mapping

from kaiga.http.operations.description import examples, openai_examples, own_examples

_EXAMPLES: Mapping[str, object] = {
    "query_task": examples.PICTURE,
    "list_tasks": examples.TASKS,
    "cancel_task": examples.DONE,
    "list_models": examples.MODELS,
    "list_model_limits": examples.QUOTAS,
    "list_quotas": examples.QUOTAS,
    "get_upload_policy": examples.POLICY,
    "create_temporary_key": examples.TOKEN,
    "generate_images": openai_examples.IMAGES,
    "edit_images": openai_examples.IMAGES,
    "create_video": openai_examples.QUEUED_VIDEO,
    "show_video": openai_examples.VIDEO,
    "list_videos": openai_examples.VIDEOS,
    "delete_video": openai_examples.DELETED,
    "list_openai_models": openai_examples.MODELS,
    "show_openai_model": openai_examples.MODEL,
    "show_openai_model_of_maker": openai_examples.MODEL_OF_MAKER,
    "cancel_waiting_tasks": own_examples.CANCELED,
    "show_task": own_examples.VIEW,
    "show_answer": examples.PICTURE,
    "stop_task": own_examples.STOPPED,
    "search_tasks": own_examples.FOUND,
    "show_request": own_examples.ASKED,
    "show_manifest": own_examples.MANIFEST,
    "rerun_task": own_examples.RERUN,
    "list_results": own_examples.RESULTS,
    "keep_task": own_examples.KEPT,
    "show_forms": own_examples.FORMS,
    "get_postman_collection": own_examples.COLLECTION,
    "get_postman_environment": own_examples.ENVIRONMENT,
    "show_session": own_examples.SESSION,
    "sign_in": own_examples.SESSION,
    "report_usage": own_examples.USAGE,
    "show_system": own_examples.SYSTEM,
    "examine_machine": own_examples.FINDINGS,
    "sign_out": examples.DONE,
    "list_webhooks": own_examples.WEBHOOKS,
    "add_webhook": own_examples.ADDED_WEBHOOK,
    "remove_webhook": examples.DONE,
    "test_webhook": own_examples.SAMPLE,
    "show_webhook_secret": own_examples.SECRET,
    "list_deliveries": own_examples.DELIVERIES,
    "redeliver": examples.DONE,
    "list_keys": own_examples.KEYS,
    "create_key": own_examples.MADE_KEY,
    "revoke_key": examples.DONE,
    "list_limits": own_examples.RULES,
    "change_limit": own_examples.RULE,
    "remove_limit": examples.DONE,
    "rotate_links": examples.DONE,
    "health": own_examples.ALIVE,
    "ready": own_examples.READY,
    "describe": own_examples.DESCRIPTION,
    "describe_models": own_examples.CATALOGUE,
    "status": own_examples.STATUS,
}
"""By the name of the operation; creates are answered as `CREATED`."""


def find_example(operation_id: str) -> object:
    """Give what an operation answers; None where that is no JSON, or is not shown."""
    is_order = operation_id.startswith("create_") and operation_id not in _EXAMPLES
    return examples.CREATED if is_order else _EXAMPLES.get(operation_id)
