"""What `kaiga doctor` asks the server that runs on the data folder."""

import os
from collections.abc import Sequence

from kaiga.cli.client import ApiClient, CallRefused
from kaiga.cli.failures import CommandFailed
from kaiga.cli.reaching import RunningServer, find_local_key, find_running, make_local_server
from kaiga.compose.doctor.checks import Finding, fail, ok, warn
from kaiga.settings import Settings


def check_server(settings: Settings) -> Sequence[Finding]:
    """Does the server of this data folder answer, work, and accept the key that lies here."""
    running = find_running(settings.data)
    if running is None:
        hint = "Start it with 'kaiga serve'."
        return (warn("Server", "none runs on this folder", hint),)
    found = f"{running.url}, process {running.process_id}"
    key = find_local_key(settings) or os.environ.get("DASHSCOPE_API_KEY")
    server = make_local_server(running.url, key or "none", settings)
    with ApiClient(server) as client:
        try:
            is_ready = client.is_ready()
        except CommandFailed as failure:
            return (fail("Server", str(failure), "See its log."),)
        if not is_ready:
            return (fail("Server", f"{found}: not ready", "See its log."),)
        return (ok("Server", found), _check_key(client, running, key))


def _check_key(client: ApiClient, running: RunningServer, key: str | None) -> Finding:
    if key is None:
        hint = "Make one with 'kaiga keys create' while no server runs, or set DASHSCOPE_API_KEY."
        return warn("Key", "none is known here", hint)
    try:
        client.list_tasks({"page_size": 1})
    except CallRefused as refusal:
        hint = "Set DASHSCOPE_API_KEY to a key of this Kaiga, or make one with 'kaiga keys create'."
        return fail("Key", str(refusal), hint)
    except CommandFailed as failure:
        return fail("Key", str(failure), f"See the log of process {running.process_id}.")
    return ok("Key", f"{key[:7]}... is accepted")
