"""Single edits of a clip, decided once and then applied to frame after frame, in order."""

from collections.abc import Generator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.fields import extent, grown
from kaiga.engines.sketch.edits.filling import smoothly_filled
from kaiga.engines.sketch.edits.pictures import Mask
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.footage.cutouts import soft_edges
from kaiga.engines.sketch.footage.leads import Lead
from kaiga.engines.sketch.footage.removal import Remover
from kaiga.engines.sketch.performing.standing_in import StandIn
from kaiga.engines.sketch.retouching.actors import Actor
from kaiga.engines.sketch.retouching.grading import ColourTable
from kaiga.engines.sketch.retouching.light import Relit
from kaiga.engines.sketch.retouching.treatments import Treated


class FrameEdit(Protocol):
    """One change of every frame."""

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """Give frame `number` changed; frames come in order, each once."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


class Removing:
    """Takes the lead out."""

    def __init__(self, remover: Remover, lead: Lead) -> None:
        self._remover, self._lead = remover, lead

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        del number
        return self._remover.remove(frame, self._lead.index_at(seconds))

    def close(self) -> None:
        """See `FrameEdit`."""


class Erasing:
    """Takes out what stays at one place, as writing over the picture does."""

    def __init__(self, mask: Mask) -> None:
        left, top, right, bottom = extent(mask)
        margin = max(8, (bottom - top) // 2)
        height, width = mask.shape
        self._rows = slice(max(0, top - margin), min(height, bottom + margin))
        self._columns = slice(max(0, left - margin), min(width, right + margin))
        self._mask = mask[self._rows, self._columns]

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        del number, seconds
        if not self._mask.any():
            return frame
        result = frame.copy()
        part = np.ascontiguousarray(frame[self._rows, self._columns])
        result[self._rows, self._columns] = smoothly_filled(part, self._mask)
        return result

    def close(self) -> None:
        """See `FrameEdit`."""


class Recasting:
    """Puts another in the place of the lead."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        del seconds
        return self._stand_in.apply(frame, number)

    def close(self) -> None:
        """See `FrameEdit`."""


class Recolouring:
    """Changes colours: everywhere, or where a lead is."""

    def __init__(self, table: ColourTable, lead: Lead | None = None) -> None:
        self._table, self._lead = table, lead

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        del number
        image = Image.fromarray(frame)
        changed = self._table.apply(image)
        if self._lead is None:
            return np.asarray(changed)
        mask = lead_mask(self._lead, self._lead.index_at(seconds), image.size, margin=3)
        image.paste(changed, (0, 0), mask)
        return np.asarray(image)

    def close(self) -> None:
        """See `FrameEdit`."""


class Casting:
    """Lets actors stand in the clip."""

    def __init__(self, actors: Sequence[Actor]) -> None:
        self._actors = actors

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        picture = Image.fromarray(frame)
        for actor in self._actors:
            actor.draw(picture, number, seconds)
        return np.asarray(picture)

    def close(self) -> None:
        """See `FrameEdit`."""
        for actor in self._actors:
            actor.leave()


class Resetting:
    """Puts another scene behind the lead, or behind what stands out in the first frame."""

    def __init__(
        self,
        backdrop: Generator[Frame],
        form: ClipForm,
        lead: Lead | None,
        subject: NDArray[np.uint8],
    ) -> None:
        self._backdrop, self._lead = backdrop, lead
        self._size = form.width_pixels, form.height_pixels
        self._subject = Image.fromarray(subject)

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        del number
        scene = Image.fromarray(next(self._backdrop))
        if self._lead is None:
            mask = self._subject
        else:
            mask = lead_mask(self._lead, self._lead.index_at(seconds), self._size, margin=0)
        scene.paste(Image.fromarray(frame), (0, 0), mask)
        return np.asarray(scene)

    def close(self) -> None:
        """See `FrameEdit`."""
        self._backdrop.close()


class Relighting:
    """Gives the clip another light."""

    def __init__(self, relit: Relit) -> None:
        self._relit = relit

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        del number
        return self._relit.apply(frame, seconds)

    def close(self) -> None:
        """See `FrameEdit`."""


class Treating:
    """Gives the clip another look."""

    def __init__(self, treated: Treated) -> None:
        self._treated = treated

    def apply(self, frame: Frame, number: int, seconds: float) -> Frame:
        """See `FrameEdit`."""
        del number, seconds
        return self._treated.apply(frame)

    def close(self) -> None:
        """See `FrameEdit`."""


def lead_mask(lead: Lead, look: int, size: tuple[int, int], margin: int) -> Image.Image:
    """Give a lead's place at a look as a soft mask of this size, widened by small pixels."""
    mask = grown(lead.masks[look], margin)
    return soft_edges(mask, *size, size[0] / lead.masks.shape[2] * 0.5)
