"""How an account begins, as the configuration of somebody's tests has it."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from kaiga.domain.emulation.paces import read_pace
from kaiga.testing.control_calls import ControlCalls
from kaiga.testing.tables import is_named_file, read_table


def set_pace(control: ControlCalls, text: str) -> None:
    """Set a pace that is written as the setting `KAIGA_EMULATOR_PACE` is; nothing for no text.

    Raises:
        ValueError: it is none; the text says what is allowed.
    """
    if text:
        control.pace(**msgspec.structs.asdict(read_pace(text)))


def apply_plans(control: ControlCalls, plans: Sequence[str], folder: Path) -> None:
    """Set the faults of plans, by their names, or by their files as seen from `folder`.

    Raises:
        TableInvalid: a file can't be read.
    """
    for plan in plans:
        control.apply_plan(read_table(folder / plan) if is_named_file(plan) else plan)
