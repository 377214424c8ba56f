"""The sketch engine as the port sees it: makers by task, at a pace if one is wanted."""

import time
from collections.abc import Iterator, Mapping, Sequence

from kaiga.engines.sketch.film.image_to_video import film_picture
from kaiga.engines.sketch.film.text_to_video import film_text
from kaiga.engines.sketch.edits.composing import paint_picture
from kaiga.engines.sketch.edits.editing import edit_pictures
from kaiga.engines.sketch.edits.extending import extend_picture
from kaiga.engines.sketch.edits.functions import apply_function
from kaiga.engines.sketch.edits.lines import sketch_to_picture
from kaiga.engines.sketch.edits.repainting import erase_masked, repaint_masked
from kaiga.engines.sketch.judging.judgements import (
    judge_body,
    judge_emo,
    judge_emoji,
    judge_humanoid,
    judge_portrait,
)
from kaiga.engines.sketch.making import Made, Maker, Making, Refused
from kaiga.engines.sketch.painter import PictureOrder, paint
from kaiga.engines.sketch.performing.animating import animate_character, replace_character
from kaiga.engines.sketch.performing.dancing import make_dance_video
from kaiga.engines.sketch.performing.emoji import make_emoji_video
from kaiga.engines.sketch.performing.lipsync import make_lip_sync
from kaiga.engines.sketch.performing.talking import make_talking_portrait
from kaiga.engines.sketch.performing.templates import make_motion_template
from kaiga.engines.sketch.retouching.anything import film_anything
from kaiga.engines.sketch.retouching.references import film_references
from kaiga.engines.sketch.retouching.restyle import restyle_video
from kaiga.engines.sketch.retouching.vace.functions import make_with_vace
from kaiga.engines.sketch.retouching.video_edit import edit_video
from kaiga.engines.sketch.edits.composing import paint_picture
from kaiga.engines.sketch.edits.editing import edit_pictures
from kaiga.engines.sketch.edits.extending import extend_picture
from kaiga.engines.sketch.edits.functions import apply_function
from kaiga.engines.sketch.edits.lines import sketch_to_picture
from kaiga.engines.sketch.edits.repainting import erase_masked, repaint_masked
from kaiga.engines.sketch.making import Made, Maker, Refused
from kaiga.engines.sketch.tools.backgrounds import make_background
from kaiga.engines.sketch.tools.portraits import (
    make_album_portrait,
    make_costume,
    repaint_portrait,
)
from kaiga.engines.sketch.tools.posters import make_captioned, make_poster
from kaiga.engines.sketch.tools.segmentation import segment
from kaiga.engines.sketch.tools.shoes import place_shoes
from kaiga.engines.sketch.tools.translation.translating import translate_picture
from kaiga.engines.sketch.tools.try_on import parse_garment, refine_try_on, try_on
from kaiga.engines.sketch.tools.virtual_models import make_virtual_model
from kaiga.engines.sketch.tools.word_figures import make_word_figures
from kaiga.engines.sketch.tools.word_texture import make_word_texture
from kaiga.ports.engine import (
    EngineEvent,
    GenerationJob,
    JobFailed,
    PhaseBegan,
    ResultMade,
    StepDone,
)

NAME = "sketch"
_STEPS = 20


class SketchEngine:
    """Implements `Engine`. With `pace_seconds` above 0, a batch takes longer by that, in steps."""

    def __init__(self, pace_seconds: float) -> None:
        self._pace_seconds = pace_seconds

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    def load(self, model: str) -> None:
        """See the port; there are no weights, so every model is loaded."""

    def generate(self, batch: Sequence[GenerationJob]) -> Iterator[EngineEvent]:
        """See the port."""
        yield PhaseBegan(phase="generate")
        for index, job in enumerate(batch):
            yield from self._pretend_steps(index, len(batch))
            yield from _make(index, job)

    def _pretend_steps(self, index: int, batch_size: int) -> Iterator[EngineEvent]:
        if self._pace_seconds <= 0:
            return
        for step in range(1, _STEPS + 1):
            time.sleep(self._pace_seconds / batch_size / _STEPS)
            yield StepDone(index=index, step=step, steps=_STEPS)


def _make(index: int, job: GenerationJob) -> Iterator[EngineEvent]:
    making = MAKERS[job.task](job)
    try:
        while True:
            step = next(making)
            yield StepDone(index=index, step=step.step, steps=step.steps)
    except StopIteration as end:
        made: Made = end.value
        yield ResultMade(index=index, files=made.files, findings=made.findings)
    except Refused as refusal:
        yield JobFailed(index=index, code=refusal.code, message=refusal.message)


def paint_picture(job: GenerationJob) -> Making:
    """Paint one picture from its prompt."""
    yield from ()
    order = PictureOrder(
        prompt=job.prompt,
        negative_prompt=job.negative_prompt,
        width_pixels=job.width_pixels,
        height_pixels=job.height_pixels,
        seed=job.seed,
        watermark=job.watermark,
    )
    made = MadeFile(
        content=paint(order), width_pixels=job.width_pixels, height_pixels=job.height_pixels
    )
    return Made(files=(made,))


MAKERS: Mapping[str, Maker] = {
    "text-to-image": paint_picture,
    "text-to-video": film_text,
    "image-to-video": film_picture,
    # Clips of people
    "talking-portrait": make_talking_portrait,
    "lip-sync": make_lip_sync,
    "emoji-video": make_emoji_video,
    "dance-video": make_dance_video,
    "motion-template": make_motion_template,
    "character-animate": animate_character,
    "character-replace": replace_character,
    # Clips of given references and clips
    "reference-to-video": film_references,
    "any-to-video": film_anything,
    "video-edit": edit_video,
    "vace": make_with_vace,
    "video-restyle": restyle_video,
    # Judgements
    "emo-check": judge_emo,
    "emoji-check": judge_emoji,
    "portrait-check": judge_portrait,
    "humanoid-check": judge_humanoid,
    "body-check": judge_body,
MAKERS: Mapping[str, Maker] = {
    # pictures from words, and changes of given pictures
    "text-to-image": paint_picture,
    "image-edit": edit_pictures,
    "image-edit-function": apply_function,
    "masked-repaint": repaint_masked,
    "erase": erase_masked,
    "out-painting": extend_picture,
    "sketch-to-image": sketch_to_picture,
    # the creative tools
    "word-art-texture": make_word_texture,
    "word-art-semantic": make_word_figures,
    "poster": make_poster,
    "captioned-image": make_captioned,
    "image-translation": translate_picture,
    "background-generation": make_background,
    "style-repaint": repaint_portrait,
    "segmentation": segment,
    "garment-parsing": parse_garment,
    "try-on": try_on,
    "try-on-refinement": refine_try_on,
    "shoe-model": place_shoes,
    "virtual-model": make_virtual_model,
    "portrait-album": make_album_portrait,
    "cosplay": make_costume,
    # judgements
    "emo-check": judge_emo,
    "emoji-check": judge_emoji,
    "portrait-check": judge_portrait,
    "humanoid-check": judge_humanoid,
    "body-check": judge_body,
}
"""Who does which task of the catalogue."""
