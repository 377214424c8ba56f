"""Puts somebody else in the place of a clip's lead, standing and moving as the lead does."""

import numpy as np
from PIL import Image

from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.footage.cutouts import Cutout
from kaiga.engines.sketch.footage.leads import Lead
from kaiga.engines.sketch.footage.removal import Remover
from kaiga.engines.sketch.performing.figures import Figure, draw_shadow
from kaiga.engines.sketch.performing.poses import Pose, measure_poses

_HEIGHT_SHARE = 1.03
"""How tall the one who steps in is, per who was there."""


class StandIn:
    """A cut-out in the place of the lead of one clip."""

    def __init__(self, cutout: Cutout, lead: Lead, remover: Remover, form: ClipForm) -> None:
        self._cutout, self._lead, self._remover = cutout, lead, remover
        self._rate = float(form.rate)
        self._poses = measure_poses(lead, form.width_pixels / form.height_pixels)
        size = form.width_pixels, form.height_pixels
        self._regions = [region.scaled(*size) for region in lead.regions]
        usual = float(np.median([region.height for region in self._regions]))
        self._figure = Figure(cutout, usual * _HEIGHT_SHARE)

    def apply(self, frame: Frame, number: int) -> Frame:
        """Give frame `number` of the clip with the other in it; frames may come in any order."""
        look = self._lead.index_at(number / self._rate)
        picture = Image.fromarray(self._remover.remove(frame, look))
        region, pose = self._regions[look], self._poses[look]
        if not self._cutout.grounded:
            draw_shadow(picture, region.middle[0], region.bottom, self._figure.width * 0.8, 0.3)
        body = Pose(stretch=pose.stretch, shifts=pose.shifts, widths=pose.widths)
        self._figure.draw(picture, (region.middle[0], region.bottom), body)
        return np.asarray(picture)
