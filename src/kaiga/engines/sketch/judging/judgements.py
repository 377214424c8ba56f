"""The five checks of pictures of people: what is found in a picture, in the contract's words.

Sources: contract/video-models.md, 12.2 and 17; the texts that neither names are chosen.
"""

from collections.abc import Mapping

from kaiga.engines.sketch.edits.pictures import Pixels, open_pixels
from kaiga.engines.sketch.judging.boxes import Box, frame_around
from kaiga.engines.sketch.judging.faces import FaceFinder, find_faces
from kaiga.engines.sketch.making import Made, Making
from kaiga.ports.engine import GenerationJob, JsonValue

NO_FACE = ("InvalidFile.NoHuman", "No human face detected.")
MANY_FACES = ("InvalidFile.MultiHuman", "More than one person detected: exactly one is allowed.")
RATIOS = {"1:1": (1, 1), "3:4": (3, 4)}
FULL_BODY_FACES = 5.5
"""From so many heights of the face's box below its top on, a figure counts as a whole one.

A grown person from head to foot has nine or ten of them, down to the waist about four.
"""


def judge_humanoid(job: GenerationJob, find: FaceFinder = find_faces) -> Making:
    """Judge for wan2.2-s2v: `check_pass` and `humanoid`, or why not."""
    yield from ()
    face = _only_face(_picture(job), find)
    if not isinstance(face, Box):
        return Made(findings=_failed(*face))
    return Made(findings={"check_pass": True, "humanoid": True})


def judge_emo(job: GenerationJob, find: FaceFinder = find_faces) -> Making:
    """Judge for emo-v1: also `face_bbox`, and `ext_bbox` of exactly the wished `ratio`."""
    yield from ()
    pixels = _picture(job)
    face = _only_face(pixels, find)
    if not isinstance(face, Box):
        return Made(findings=_failed(*face))
    return Made(
        findings={
            "check_pass": True,
            "humanoid": True,
            "face_bbox": face.as_list(),
            "ext_bbox": _frame(job, pixels, face).as_list(),
        }
    )


def judge_emoji(job: GenerationJob, find: FaceFinder = find_faces) -> Making:
    """Judge for emoji-v1: `bbox_face` and `ext_bbox_face`, or `code` and `message` alone."""
    yield from ()
    pixels = _picture(job)
    face = _only_face(pixels, find)
    if not isinstance(face, Box):
        code, message = face
        return Made(findings={"code": code, "message": message})
    frame = _frame(job, pixels, face)
    return Made(findings={"bbox_face": face.as_list(), "ext_bbox_face": frame.as_list()})


def judge_portrait(job: GenerationJob, find: FaceFinder = find_faces) -> Making:
    """Judge for liveportrait: `pass` and `message`; the model has no codes."""
    yield from ()
    face = _only_face(_picture(job), find)
    if not isinstance(face, Box):
        return Made(findings={"pass": False, "message": face[1]})
    return Made(findings={"pass": True, "message": "success"})


def judge_body(job: GenerationJob, find: FaceFinder = find_faces) -> Making:
    """Judge for animate-anyone-gen2: `check_pass` and `bodystyle`, `full` or `half`."""
    yield from ()
    pixels = _picture(job)
    face = _only_face(pixels, find)
    if not isinstance(face, Box):
        return Made(findings=_failed(*face))
    below = (pixels.shape[0] - face.top) / max(face.height, 1)
    style = "full" if below >= FULL_BODY_FACES else "half"
    return Made(findings={"check_pass": True, "bodystyle": style})


def _picture(job: GenerationJob) -> Pixels:
    return open_pixels(job.media_of("image")[0])


def _only_face(pixels: Pixels, find: FaceFinder) -> Box | tuple[str, str]:
    """Give the one face, or the code and message that say why there is none."""
    faces = find(pixels)
    if faces is None:
        return assumed_face(pixels)
    if len(faces) > 1:
        return MANY_FACES
    return faces[0] if faces else NO_FACE


def assumed_face(pixels: Pixels) -> Box:
    """Give where a portrait has its face, for where nothing can look: the middle, a bit up."""
    height, width = pixels.shape[:2]
    half = max(1, round(min(width, height) * 0.17))
    across, down = width // 2, round(height * 0.42)
    return Box(across - half, down - half, across + half, down + half).within(width, height)


def _frame(job: GenerationJob, pixels: Pixels, face: Box) -> Box:
    height, width = pixels.shape[:2]
    return frame_around(face, RATIOS[str(job.options.get("ratio", "1:1"))], width, height)


def _failed(code: str, message: str) -> Mapping[str, JsonValue]:
    return {"check_pass": False, "code": code, "message": message}
