"""The collection: a tour from the first picture on, then every other operation."""

from kaiga.cli.postman.administration import list_administration
from kaiga.cli.postman.around import list_surroundings
from kaiga.cli.postman.environments import (
    DEFAULT_BASE_URL,
    DEFAULT_MODEL,
    DEFAULT_PROMPT,
    DEFAULT_SIZE,
    list_variables,
)
from kaiga.cli.postman.items import JsonObject, make_folder, make_id, make_script
from kaiga.cli.postman.orders import list_other_orders
from kaiga.cli.postman.own import list_own
from kaiga.cli.postman.results import list_results
from kaiga.cli.postman.service import list_service
from kaiga.cli.postman.texts import FIND_KAIGA
from kaiga.cli.postman.tour import list_more, list_tour

_SCHEMA = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_NOTED = (
    *("otherTaskId", "editTaskId", "editUrl", "clipTaskId", "clipUrl"),
    *("uploadHost", "uploadDir", "uploadKeyId", "uploadPolicy", "uploadSignature", "uploadedUrl"),
    *("ownTaskId", "webhookId", "deliveryId", "keyId"),
)
"""Variables that requests set for later ones."""

_DESCRIPTION = """\
Creates an image task, waits for it, and shows its picture; then has that picture edited, \
makes a clip that begins with it, and asks for a picture in a message. The folders after that \
have every other operation.

Choose one of the environments that came with this collection and fill in `apiKey`.
Then send the requests one by one, or run a folder: a poll asks again by itself until the task \
has ended, and shows what came in the tab Visualize.

On the real service every create costs what its model costs, and the folders whose names begin \
with Kaiga are not there.
"""
_FOR_ADMINS = """\
For keys with the role admin. What is made here is taken away again, but for the copy of the \
database: it stays in the data folder until the next start.
"""


def make_postman_collection(
    *,
    base_url: str = DEFAULT_BASE_URL,
    model: str = DEFAULT_MODEL,
    prompt: str = DEFAULT_PROMPT,
    size: str = DEFAULT_SIZE,
    n: int = 1,
) -> JsonObject:
    """Make a collection of format v2.1 with every operation of the API.

    `base_url` ends in `/api/v1`; `size` is `width*height` in pixels. The collection's variables
    hold everything but the key, so that the collection works with any environment that has
    `apiKey`, or with none once it is filled in there.
    """
    variables = list_variables(base_url=base_url, model=model, prompt=prompt, size=size, n=n)
    return {
        "info": {
            "_postman_id": make_id("collection"),
            "name": "Kaiga: pictures and clips",
            "description": _DESCRIPTION,
            "schema": _SCHEMA,
        },
        "auth": {
            "type": "bearer",
            "bearer": [{"key": "token", "value": "{{apiKey}}", "type": "string"}],
        },
        "event": [make_script("prerequest", "collection", FIND_KAIGA)],
        "item": [
            make_folder("The first picture", "From an order to a picture.", list_tour()),
            make_folder("Edits, clips, messages", "What is made of it.", list_more()),
            make_folder(
                "Every other operation",
                "An order for each path that the other folders do not call.",
                list_other_orders(),
            ),
            make_folder(
                "Around tasks", "Models, limits, uploads, keys that end.", list_surroundings()
            ),
            make_folder("Kaiga: tasks and webhooks", "Kaiga's own operations.", list_own()),
            make_folder(
                "Kaiga: results", "What the first picture's task has made.", list_results()
            ),
            make_folder(
                "Kaiga: service", "What it offers, usage, the console's session.", list_service()
            ),
            make_folder("Kaiga: administration", _FOR_ADMINS, list_administration()),
        ],
        "variable": [
            {"key": name, "value": value, "type": "string"}
            for name, value in [*variables.items(), *((name, "") for name in _NOTED)]
        ],
    }
