"""Makes a clip of whatever was given: frames, a clip, references, a document, or words alone."""

import msgspec

from kaiga.engines.sketch.film.image_to_video import film_picture
from kaiga.engines.sketch.film.text_to_video import film_text
from kaiga.engines.sketch.making import Making
from kaiga.engines.sketch.retouching.documents import read_document
from kaiga.engines.sketch.retouching.references import film_references
from kaiga.engines.sketch.retouching.video_edit import edit_video
from kaiga.ports.engine import GenerationJob

_REFERENCES = ("reference_image", "reference_video")
_FRAMES = ("first_frame", "last_frame", "first_clip")
_DOCUMENTS = ("document", "file", "link")


def film_anything(job: GenerationJob) -> Making:
    """Choose the maker by what was given, and let it film.

    Raises:
        Refused: a file can't be decoded.
    """
    if _has(job, _REFERENCES):
        return (yield from film_references(job))
    if _has(job, ("video",)):
        return (yield from edit_video(job))
    job = _with_plain_audio(job)
    if _has(job, _FRAMES):
        return (yield from film_picture(job))
    return (yield from film_text(_with_documents(job)))


def _has(job: GenerationJob, roles: tuple[str, ...]) -> bool:
    return any(job.media_of(role) for role in roles)


def _with_plain_audio(job: GenerationJob) -> GenerationJob:
    """Let a reference sound be what is heard."""
    media = tuple(
        msgspec.structs.replace(each, role="audio") if each.role == "reference_audio" else each
        for each in job.media
    )
    return msgspec.structs.replace(job, media=media)


def _with_documents(job: GenerationJob) -> GenerationJob:
    """Add the text of documents to the prompt; where none can be read, the prompt stands alone."""
    texts = [read_document(media) for role in _DOCUMENTS for media in job.media_of(role)]
    prompt = "\n".join(text for text in (job.prompt, *texts) if text)
    return msgspec.structs.replace(job, prompt=prompt)
