"""Turns an instruction into edits of a clip, each decided once for all frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.filters.means import unit_of
from kaiga.engines.sketch.edits.filters.table import find_look
from kaiga.engines.sketch.edits.granting import hole_of
from kaiga.engines.sketch.edits.hues import clusters, lab_of, to_lab
from kaiga.engines.sketch.edits.instructions import Action, Wish, read_wishes
from kaiga.engines.sketch.edits.marks import find_marks
from kaiga.engines.sketch.edits.painting import paint_motif
from kaiga.engines.sketch.edits.pictures import (
    Floats,
    Mask,
    Pixels,
    open_pixels,
    resized,
)
from kaiga.engines.sketch.edits.regions import find_region
from kaiga.engines.sketch.edits.relighting import changes_light
from kaiga.engines.sketch.edits.standing import in_light_of
from kaiga.engines.sketch.edits.subjects import find_subject
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.footage.cutouts import Cutout, cut_out, find_figure, open_cutout
from kaiga.engines.sketch.footage.leads import Lead, follow_lead
from kaiga.engines.sketch.footage.removal import Remover
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.performing.standing_in import StandIn
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.retouching.actors import Actor, Part, Spot, StillActor
from kaiga.engines.sketch.retouching.frame_edits import (
    Casting,
    Erasing,
    FrameEdit,
    Recasting,
    Recolouring,
    Relighting,
    Removing,
    Resetting,
    Treating,
)
from kaiga.engines.sketch.retouching.grading import ColourTable, hued, like, toned
from kaiga.engines.sketch.retouching.light import Relit
from kaiga.engines.sketch.retouching.staging import film_backdrop, order_scene
from kaiga.engines.sketch.retouching.treatments import TREATMENTS, Treated
from kaiga.engines.sketch.scene import Mention
from kaiga.ports.engine import GenerationJob, JobMedia

_MOST_ADDED = 6
_PAINTED_HEIGHT = 480


@dataclass(frozen=True, kw_only=True)
class Footage:
    """What is known of the clip to be edited; its lead is followed only if a wish needs it."""

    job: GenerationJob
    clip: JobMedia
    form: ClipForm
    first: Pixels

    @cached_property
    def lead(self) -> Lead:
        """What moves in the clip, or stands out."""
        return follow_lead(
            self.clip,
            width=self.form.width_pixels,
            height=self.form.height_pixels,
            looks_per_second=float(self.form.rate),
            seconds=self.form.true_seconds,
        )

    @property
    def apart_lead(self) -> Lead | None:
        """What moves before a ground that stays, if the clip is like that."""
        return self.lead if self.lead.is_apart else None

    @cached_property
    def remover(self) -> Remover:
        """What takes the lead out."""
        return Remover(self.clip, self.form, self.lead, f"edit {self.job.seed}")

    @cached_property
    def free_column(self) -> float:
        """The middle of the wider side beside what the first frame shows."""
        taken = find_subject(self.first).mean(axis=0)
        third = max(1, len(taken) // 3)
        left, right = float(taken[:third].mean()), float(taken[-third:].mean())
        return 0.22 * len(taken) if left <= right else 0.78 * len(taken)


def plan_edits(footage: Footage) -> list[FrameEdit]:
    """Understand the job's prompt; text that says nothing known still changes the clip a little."""
    job = footage.job
    wishes = read_wishes(job.prompt, read_prompt(job.negative_prompt))
    references = list(job.media_of("reference_image"))
    staged: list[tuple[int, FrameEdit]] = []
    actors: list[Actor] = []
    for wish in wishes:
        staged += _grant(wish, footage, references)
        actors += _add(wish, footage)
    actors += [StillActor(open_cutout(each)) for each in references]
    if actors:
        staged.append((2, _cast(footage, actors)))
    if not staged:
        staged.append((3, Recolouring(_gentle_table(job))))
    # What is there changes before what comes in, and light and look lie over all of it.
    return [edit for _, edit in sorted(staged, key=lambda stage: stage[0])]


def _grant(
    wish: Wish, footage: Footage, references: list[JobMedia]
) -> Iterator[tuple[int, FrameEdit]]:
    """Give the edits of one wish, each with when it is applied; used references are taken out."""
    wanted = wish.wanted
    if wish.action is Action.REMOVE:
        yield 0, _remove(wish, footage)
        return
    if wish.style_image and references:
        yield 4, Recolouring(_table_like(footage, _taken(references, wish.style_image)))
        return
    look = find_look(wish.wanted_text, wanted.style)
    if _is_elsewhere(wish):
        yield 1, _reset(wish, footage)
    elif wish.action is Action.CHANGE:
        yield from _change(wish, footage, references)
    elif wanted.colours and not wanted.mentions:
        yield 3, Recolouring(_table_of_colour(wanted.colours[0]))
    if changes_light(wanted) and not wish.background:
        yield 5, Relighting(Relit(wanted, footage.form, f"{wish.wanted_text} {footage.job.seed}"))
    if look in TREATMENTS:
        size = footage.form.width_pixels, footage.form.height_pixels
        yield 6, Treating(Treated(TREATMENTS[look], *size, footage.job.seed))


def _is_elsewhere(wish: Wish) -> bool:
    """Tell whether a wish is about another place."""
    wanted = wish.wanted
    return wish.background or (bool(wanted.places) and wanted.places != wish.about.places)


def _add(wish: Wish, footage: Footage) -> Iterator[Actor]:
    """Give the things that a wish brings into the clip, as painted actors."""
    if wish.action not in {Action.ADD, Action.SHOW} or wish.images or _is_elsewhere(wish):
        return
    if find_look(wish.wanted_text, wish.wanted.style):
        return
    things = [m for m in wish.wanted.mentions if MOTIFS[m.motif].habitat is not Habitat.HEAVENS]
    singles = [mention for mention in things for _ in range(mention.count)]
    for number, mention in enumerate(singles[:_MOST_ADDED]):
        cutout = _paint(mention, footage, footage.job.seed + number)
        yield StillActor(cutout, name=mention.motif)


def _remove(wish: Wish, footage: Footage) -> FrameEdit:
    """Take out writing, weather, the ground, what moves, or else what stands there."""
    first = footage.first
    if wish.writing:
        return Erasing(find_marks(first, wish.side))
    if wish.background:
        white = repeat(np.full_like(first, 255))
        return Resetting((frame for frame in white), footage.form, *_kept(footage))
    if (wish.about.weather or wish.about.time) and not wish.about.mentions:
        return Recolouring(ColourTable(_cleared))
    if footage.lead.is_apart:
        return Removing(footage.remover, footage.lead)
    return Erasing(hole_of(find_region(first, wish.about), unit_of(first)))


def _cleared(pixels: Pixels) -> Pixels:
    """Let haze and gloom go."""
    return toned(pixels, light=0.05, contrast=1.3, colour=1.35)


def _change(
    wish: Wish, footage: Footage, references: list[JobMedia]
) -> Iterator[tuple[int, FrameEdit]]:
    """Turn something into something else, or into another colour."""
    wanted, about = wish.wanted, wish.about
    other = [mention for mention in wanted.mentions if not about.find(mention.motif)]
    colours = wanted.colours or tuple(c for mention in wanted.mentions for c in mention.colours)
    if wish.images and references:
        yield 0, _recast(footage, open_cutout(_taken(references, wish.images[-1])))
    elif other and about.mentions:
        yield 0, _recast(footage, _paint(other[0], footage, footage.job.seed))
    elif colours:
        yield 0, _recolour(wish, footage, colours[0])


def _taken(references: list[JobMedia], number: int) -> JobMedia:
    """Take the reference of a number, from 1, out of the list; the last one if there are fewer."""
    return references.pop(min(max(number, 1), len(references)) - 1)


def _recast(footage: Footage, cutout: Cutout) -> FrameEdit:
    return Recasting(StandIn(cutout, footage.lead, footage.remover, footage.form))


def _paint(mention: Mention, footage: Footage, seed: int) -> Cutout:
    """Paint a thing in the light of the clip."""
    layer = paint_motif(mention, height=_PAINTED_HEIGHT, seed=seed)
    return cut_out(in_light_of(layer, footage.first))


def _cast(footage: Footage, actors: Sequence[Actor]) -> FrameEdit:
    """Stand actors on the free side; what flies goes above."""
    width, height = footage.form.width_pixels, footage.form.height_pixels
    chance = make_random("cast", footage.job.prompt, footage.job.seed)
    room = width * 0.44 / len(actors)
    for place, actor in enumerate(actors):
        motif = MOTIFS.get(actor.name)
        aloft = motif is not None and motif.habitat in {Habitat.SKY, Habitat.HEAVENS}
        share = 0.55 if motif is None else min(0.6, 0.2 + 0.2 * motif.size)
        tall = height * (0.18 if aloft else share)
        x = footage.free_column + (place - (len(actors) - 1) / 2) * room
        y = height * (chance.uniform(0.2, 0.3) if aloft else 1.0 if actor.is_cut_off else 0.93)
        spot = Spot(x=x, y=y, height=tall, width=room)
        actor.enter(spot, Part(gait="fly" if aloft else "stand", phase=chance.random()))
    return Casting(actors)


def _reset(wish: Wish, footage: Footage) -> FrameEdit:
    job = footage.job
    order = order_scene(wish.wanted_text, job.negative_prompt, job.seed)
    backdrop = film_backdrop(order, footage.form)
    return Resetting(backdrop, footage.form, *_kept(footage))


def _kept(footage: Footage) -> tuple[Lead | None, NDArray[np.uint8]]:
    """Give what stays before another ground: what moves, or what the first frame shows."""
    return footage.apart_lead, find_figure(footage.first)


def _recolour(wish: Wish, footage: Footage, target: str) -> FrameEdit:
    """Change the main colour of what moves, or of what stands out where nothing does."""
    lead = None if wish.whole else footage.apart_lead
    said = next((c for m in wish.about.mentions for c in m.colours), "")
    pixels, chosen = _chosen_places(wish, footage, lead)
    source = _main_colour(pixels[chosen], said)
    return Recolouring(ColourTable(lambda colours: hued(colours, source, target)), lead)


def _chosen_places(wish: Wish, footage: Footage, lead: Lead | None) -> tuple[Pixels, Mask]:
    """Give the first frame, small, and where in it the thing is."""
    if lead is None:
        small = np.ascontiguousarray(footage.first[::4, ::4])
        mask = find_region(small, wish.about) > 0.5
    else:
        height, width = lead.masks.shape[1:]
        small = resized(footage.first, width, height)
        mask = lead.masks[0]
    return small, mask if mask.any() else np.ones(mask.shape, np.bool_)


def _main_colour(pixels: Pixels, said: str) -> Floats:
    """Give the commonest strong colour of some places, or the one most like what was said."""
    lab = to_lab(pixels.reshape(1, -1, 3))[0]
    middles, groups = clusters(lab, min(5, len(lab)), "main colour")
    if said:
        return middles[int(np.square(middles - lab_of(said)).sum(axis=1).argmin())]
    counts = np.bincount(groups, minlength=len(middles))
    strength = np.hypot(middles[:, 1], middles[:, 2])
    return middles[int((counts * (0.03 + strength)).argmax())]


def _table_of_colour(colour: str) -> ColourTable:
    """Give a table that lays one colour over everything."""
    wanted = lab_of(colour)

    def change(pixels: Pixels) -> Pixels:
        return toned(pixels, colour=0.55, warmth=float(wanted[2]) * 0.45)

    return ColourTable(change)


def _table_like(footage: Footage, reference: JobMedia) -> ColourTable:
    other = open_pixels(reference)[::4, ::4]
    own = footage.first[::4, ::4]
    return ColourTable(lambda pixels: like(pixels, own, other))


def _gentle_table(job: GenerationJob) -> ColourTable:
    """Give a slight change of mood, another for another seed."""
    chance = make_random("gentle", job.prompt, job.seed)
    warmth = chance.choice((-1, 1)) * chance.uniform(0.02, 0.035)
    light, contrast = chance.uniform(-0.03, 0.04), chance.uniform(1.06, 1.16)
    colour = chance.uniform(1.12, 1.35)
    return ColourTable(
        lambda pixels: toned(pixels, light=light, contrast=contrast, colour=colour, warmth=warmth)
    )
