"""Shows what was noted of calls and notices."""

import msgspec


def show_body(body: bytes) -> object:
    """Show what was noted: JSON as JSON, all else as text; None for no body."""
    if not body:
        return None
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return body.decode("utf-8", "replace")


def show_fault(fault_id: str | None, kind: str | None) -> object:
    """Show which fault acted; None for none."""
    return None if fault_id is None else {"id": fault_id, "kind": kind}
