"""Lets an entry be written as what differs from another one.

`extends` names the other model; tables are merged, everything else is replaced, and so are a field
whose `type` is another and a `minimal_request`. `without` names members that are left out, by
their path. An `abstract` entry is only there to be extended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from kaiga.domain.errors import StartRefused

_NOT_INHERITED = frozenset({"abstract", "aliases", "extends", "without"})
_NOT_MERGED = frozenset({"minimal_request"})
_LONGEST_CHAIN = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model as written, and the file that it stands in."""

    file: str
    members: Mapping[str, object]


def resolve_entries(entries: Sequence[Entry]) -> Sequence[Entry]:
    """Give every entry that is not abstract, whole; a later one of the same name may extend it.

    Raises:
        StartRefused: an entry extends one that is not there, or itself.
    """
    known: dict[str, dict[str, object]] = {}
    waiting = list(entries)
    whole: list[Entry] = []
    for _ in range(_LONGEST_CHAIN):
        left: list[Entry] = []
        for entry in waiting:
            base_name = entry.members.get("extends")
            if base_name is not None and base_name not in known:
                left.append(entry)
                continue
            members = _merge_entry(known.get(str(base_name), {}), entry.members)
            known[str(members.get("name"))] = members
            if entry.members.get("abstract") is not True:
                whole.append(Entry(file=entry.file, members=members))
        waiting = left
        if not waiting:
            break
    for entry in waiting:
        raise StartRefused(
            f"The catalogue file {entry.file} can't be used: model {entry.members.get('name')!r} "
            f"extends {entry.members['extends']!r}, which is no model."
        )
    return whole


def _merge_entry(base: Mapping[str, object], entry: Mapping[str, object]) -> dict[str, object]:
    replaced = _NOT_INHERITED | (_NOT_MERGED & entry.keys())
    kept = {name: value for name, value in base.items() if name not in replaced}
    for path in cast("Sequence[str]", entry.get("without", ())):
        kept = _without(kept, path.split("."))
    own = {name: value for name, value in entry.items() if name not in _NOT_INHERITED - {"aliases"}}
    return _merge(kept, own)


def _without(table: Mapping[str, object], path: Sequence[str]) -> dict[str, object]:
    name, *rest = path
    if not rest:
        return {key: value for key, value in table.items() if key != name}
    inner = table.get(name)
    if not isinstance(inner, dict):
        return dict(table)
    return {**table, name: _without(cast("dict[str, object]", inner), rest)}


def _merge(base: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    merged = dict(base)
    for name, value in own.items():
        before = merged.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            first, second = cast("dict[str, object]", before), cast("dict[str, object]", value)
            merged[name] = value if _is_other_shape(first, second) else _merge(first, second)
        else:
            merged[name] = value
    return merged


def _is_other_shape(base: Mapping[str, object], own: Mapping[str, object]) -> bool:
    """Tell whether a field was given another type: then nothing of the old one holds."""
    return "type" in own and own["type"] != base.get("type")
