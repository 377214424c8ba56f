"""How much work a task is, so that shares are shares of work and not of calls."""

from kaiga.domain.generation import Generation

_PIXELS_PER_UNIT = 1_000_000
_USUAL_PIXELS = 1_048_576
_USUAL_FRAMES_PER_SECOND = 24.0
_USUAL_CLIP_SECONDS = 5.0
_TIER_PIXELS = {"480P": 832 * 480, "720P": 1280 * 720, "1080P": 1920 * 1080}
_LEAST = 0.01


def estimate_work(generation: Generation, *, is_clip: bool) -> float:
    """Estimate a task's work in megapixels that an engine has to compute, times its steps.

    A picture counts its pixels, a clip the pixels of each of its frames; where the order names
    steps, each counts. What depends on inputs that nobody has seen yet is taken as usual: one
    megapixel, five seconds of 24 frames.
    """
    frames = _count_frames(generation) if is_clip else generation.count
    steps = generation.options.get("steps")
    times = steps if isinstance(steps, int) and steps > 0 else 1
    return max(_LEAST, _count_pixels(generation) * frames * times / _PIXELS_PER_UNIT)


def _count_pixels(generation: Generation) -> int:
    if generation.width_pixels and generation.height_pixels:
        return generation.width_pixels * generation.height_pixels
    tier = str(generation.options.get("resolution", "")).upper()
    return _TIER_PIXELS.get(tier, _USUAL_PIXELS)


def _count_frames(generation: Generation) -> float:
    return (generation.duration_seconds or _USUAL_CLIP_SECONDS) * _USUAL_FRAMES_PER_SECOND
