"""Hands the movement of a clip's lead to the person of a picture, or her into the clip."""

from collections.abc import Generator
from contextlib import closing
from math import tanh

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.fields import grown
from kaiga.engines.sketch.edits.filling import filled
from kaiga.engines.sketch.edits.pictures import Pixels, covering, open_layer
from kaiga.engines.sketch.film.clips import deliver, make_form
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.film.reading import ClipMeasures, measure_clip, read_frames
from kaiga.engines.sketch.footage.cutouts import Cutout, cut_out, open_cutout
from kaiga.engines.sketch.footage.delivering import (
    PIXELS_720P,
    form_like,
    get_media,
    keep_sound,
    shrunk,
)
from kaiga.engines.sketch.footage.leads import Lead, follow_lead
from kaiga.engines.sketch.footage.removal import Remover
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.performing.figures import Figure, draw_shadow
from kaiga.engines.sketch.performing.poses import Pose, measure_poses, pose_between
from kaiga.engines.sketch.performing.standing_in import StandIn
from kaiga.ports.engine import GenerationJob

_MOST_ROOM, _LEAST_ROOM = 0.36, 0.1
"""How far a person goes to each side at most, per the picture's width; less where it is wide."""


def animate_character(job: GenerationJob) -> Making:
    """Film the picture, its person moving as the clip's lead does, for as long as the clip.

    The size is the job's, else the picture's within 720P.
    """
    clip = get_media(job, "video")
    measures = measure_clip(clip)
    layer = open_layer(get_media(job, "image"))
    width, height = shrunk(layer.shape[1], layer.shape[0], PIXELS_720P)
    form = make_form(
        job,
        width_pixels=width,
        height_pixels=height,
        frames_per_second=measures.frames_per_second,
        duration_seconds=measures.duration_seconds,
    )
    lead = _follow(job, measures, form)
    poses = measure_poses(lead, measures.width_pixels / measures.height_pixels)
    layer = covering(layer, form.width_pixels, form.height_pixels)
    cutout = cut_out(layer)
    ground = empty_ground(layer[..., :3], cutout, job)
    frames = _film_moved(ground, cutout, poses, lead, form)
    return (yield from deliver(job, frames, form, keep_sound(job, clip, form)))


def replace_character(job: GenerationJob) -> Making:
    """Film the clip with the picture's person in the place of its lead.

    The size is the job's, else the clip's within 720P.
    """
    clip = get_media(job, "video")
    measures = measure_clip(clip)
    form = form_like(job, measures, most_pixels=PIXELS_720P)
    cutout = open_cutout(get_media(job, "image"))
    lead = _follow(job, measures, form)
    remover = Remover(clip, form, lead, f"replace {job.seed}")
    stand_in = StandIn(cutout, lead, remover, form)
    frames = read_frames(
        clip,
        width_pixels=form.width_pixels,
        height_pixels=form.height_pixels,
        frames_per_second=form.frames_per_second,
    )
    shown = _film_replaced(frames, stand_in)
    return (yield from deliver(job, shown, form, keep_sound(job, clip, form)))


def empty_ground(pixels: Pixels, cutout: Cutout, job: GenerationJob) -> Pixels:
    """Give the picture without its figure, the ground going on where it stood."""
    left, top, right, bottom = cutout.place.inside(pixels.shape[1], pixels.shape[0])
    hole = np.zeros(pixels.shape[:2], np.bool_)
    hole[top:bottom, left:right] = np.asarray(cutout.image.getchannel("A")) > 8
    return filled(pixels, grown(hole, max(2, pixels.shape[1] // 160)), "ground", job.seed)


def _follow(job: GenerationJob, measures: ClipMeasures, form: ClipForm) -> Lead:
    return follow_lead(
        get_media(job, "video"),
        width=measures.width_pixels,
        height=measures.height_pixels,
        looks_per_second=float(form.rate),
        seconds=form.true_seconds,
    )


def _film_moved(
    ground: Pixels, cutout: Cutout, poses: list[Pose], lead: Lead, form: ClipForm
) -> Generator[Frame]:
    figure = Figure(cutout, cutout.place.height)
    stand = (cutout.place.middle[0], cutout.place.bottom)
    empty = Image.fromarray(ground)
    beside = (form.width_pixels - figure.width) / 2 / form.width_pixels
    room = min(_MOST_ROOM, max(_LEAST_ROOM, beside)) * form.width_pixels / figure.height
    for number in range(form.frame_count):
        pose = pose_between(poses, number / float(form.rate) * lead.looks_per_second)
        # Who walks through the whole clip goes to and fro within the picture.
        pose = _within(pose, room)
        picture = empty.copy()
        if not cutout.grounded:
            x = stand[0] + pose.across * figure.height
            draw_shadow(picture, x, stand[1], figure.width * 0.8, 0.3)
        figure.draw(picture, stand, pose)
        yield np.asarray(picture)


def _within(pose: Pose, room: float) -> Pose:
    return Pose(
        across=room * tanh(pose.across / room),
        up=0.3 * tanh(pose.up / 0.3),
        stretch=pose.stretch,
        shifts=pose.shifts,
        widths=pose.widths,
    )


def _film_replaced(frames: Generator[Frame], stand_in: StandIn) -> Generator[Frame]:
    with closing(frames):
        for number, frame in enumerate(frames):
            yield stand_in.apply(frame, number)
