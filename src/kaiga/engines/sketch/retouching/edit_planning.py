"""Turns an instruction into edits of a clip, each decided once for all frames."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.filters.table import find_look
from kaiga.engines.sketch.edits.hues import clusters, lab_of, to_lab
from kaiga.engines.sketch.edits.instructions import Action, Wish, read_wishes
from kaiga.engines.sketch.edits.painting import paint_motif
from kaiga.engines.sketch.edits.pictures import Floats, Mask, Pixels, open_layer, open_pixels
from kaiga.engines.sketch.edits.subjects import find_subject
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.footage.cutouts import Cutout, cut_out, find_figure
from kaiga.engines.sketch.footage.leads import Lead, follow_lead
from kaiga.engines.sketch.footage.removal import Remover
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.performing.standing_in import StandIn
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.retouching.actors import Actor, Part, Spot, StillActor
from kaiga.engines.sketch.retouching.frame_edits import (
    Casting,
    FrameEdit,
    Recasting,
    Recolouring,
    Relighting,
    Removing,
    Resetting,
    Treating,
)
from kaiga.engines.sketch.retouching.grading import ColourTable, hued, like, toned
from kaiga.engines.sketch.retouching.light import Relit, says_light
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
    for wish in wishes:
        staged += _grant(wish, footage, references)
    if references:
        staged.append((2, _cast(footage, [StillActor(open_layer(each)) for each in references])))
    if not staged:
        staged.append((3, Recolouring(_gentle_table(job))))
    # What is there changes before what comes in, and light and look lie over all of it.
    return [edit for _, edit in sorted(staged, key=lambda stage: stage[0])]


def _grant(
    wish: Wish, footage: Footage, references: list[JobMedia]
) -> Iterator[tuple[int, FrameEdit]]:
    """Give the edits of one wish, each with when it is applied; used references are taken out."""
    wanted = wish.wanted
    if wish.action is Action.REMOVE and not wish.writing:
        yield 0, Removing(footage.remover, footage.lead)
        return
    if wish.style_image and references:
        yield 4, Recolouring(_table_like(footage, _taken(references, wish.style_image)))
        return
    if wish.background and (wanted.places or wanted.mentions or wanted.time):
        yield 1, _reset(wish, footage)
    elif wish.action is Action.CHANGE:
        yield from _change(wish, footage, references)
    elif wish.action is Action.ADD and wanted.mentions:
        yield 2, _cast(footage, list(_paint_actors(wanted.mentions, footage)))
    elif wanted.colours and not wanted.mentions:
        yield 3, Recolouring(_table_of_colour(wanted.colours[0]))
    if says_light(wanted) and not wish.background:
        yield 5, Relighting(Relit(wanted, footage.form, f"{wish.text} {footage.job.seed}"))
    look = find_look(wish.text, wanted.style)
    if look in TREATMENTS:
        size = footage.form.width_pixels, footage.form.height_pixels
        yield 6, Treating(Treated(TREATMENTS[look], *size, footage.job.seed))


def _change(
    wish: Wish, footage: Footage, references: list[JobMedia]
) -> Iterator[tuple[int, FrameEdit]]:
    """Turn something into something else, or into another colour."""
    wanted, about = wish.wanted, wish.about
    other = [mention for mention in wanted.mentions if not about.find(mention.motif)]
    colours = wanted.colours or tuple(c for mention in wanted.mentions for c in mention.colours)
    if wish.images and references:
        yield 0, _recast(footage, cut_out(open_layer(_taken(references, wish.images[-1]))))
    elif other and about.mentions:
        yield 0, _recast(footage, _painted_cutout(other[0], footage))
    elif colours:
        yield 0, _recolour(wish, footage, colours[0])


def _taken(references: list[JobMedia], number: int) -> JobMedia:
    """Take the reference of a number, from 1, out of the list; the last one if there are fewer."""
    return references.pop(min(max(number, 1), len(references)) - 1)


def _recast(footage: Footage, cutout: Cutout) -> FrameEdit:
    return Recasting(StandIn(cutout, footage.lead, footage.remover, footage.form))


def _painted_cutout(mention: Mention, footage: Footage) -> Cutout:
    return cut_out(paint_motif(mention, height=_PAINTED_HEIGHT, seed=footage.job.seed))


def _paint_actors(mentions: Sequence[Mention], footage: Footage) -> Iterator[Actor]:
    singles = [mention for mention in mentions for _ in range(mention.count)][:_MOST_ADDED]
    for number, mention in enumerate(singles):
        seed = footage.job.seed + number
        yield StillActor(
            paint_motif(mention, height=_PAINTED_HEIGHT, seed=seed), name=mention.motif
        )


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
    order = order_scene(wish.text, job.negative_prompt, job.seed)
    lead = footage.lead if footage.lead.is_apart else None
    subject = find_figure(footage.first)
    return Resetting(film_backdrop(order, footage.form), footage.form, lead, subject)


def _recolour(wish: Wish, footage: Footage, target: str) -> FrameEdit:
    """Change the main colour of what moves, or of what stands out where nothing does."""
    lead = footage.lead if footage.lead.is_apart and not wish.whole else None
    said = next((c for m in wish.about.mentions for c in m.colours), "")
    pixels, chosen = _chosen_places(footage, lead)
    source = _main_colour(pixels[chosen], said)
    return Recolouring(ColourTable(lambda colours: hued(colours, source, target)), lead)


def _chosen_places(footage: Footage, lead: Lead | None) -> tuple[Pixels, Mask]:
    """Give the first frame, small, and where in it the thing is."""
    if lead is None:
        mask = find_subject(footage.first)[::4, ::4] > 0.5
        return footage.first[::4, ::4], mask
    height, width = lead.masks.shape[1:]
    small = np.asarray(Image.fromarray(footage.first).resize((width, height)))
    return small, lead.masks[0] if lead.masks[0].any() else np.ones((height, width), np.bool_)


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
