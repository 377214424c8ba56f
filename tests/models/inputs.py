"""The files that the catalogue's own requests name as `media:KIND[:VARIANT]`, served over HTTP.

They fit the limits of every model: pictures of 768 by 768, a clip of 3 s with sound at 24 frames
per second, a sound of 3 s.
"""

import functools
import io
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

from kaiga.engines.sketch.painter import PictureOrder, paint
from samples.pictures_of_people import picture

SIDE = 768
CLIP_SIZE = (960, 640)
FRAMES_PER_SECOND = 24
SECONDS = 3
SAMPLES_PER_SECOND = 44_100
MASK_OF_PICTURE, MASK_OF_CLIP = "image-mask.png", "image-mask-of-clip.png"
"""A mask has the sides of what it belongs to."""


def write_inputs(folder: Path) -> None:
    """Make every file once."""
    image = _paint("a red house by a lake, a tree")
    image.save(folder / "image.png")
    Image.open(io.BytesIO(picture("light-portrait", width=SIDE, height=SIDE))).convert("RGB").save(
        folder / "image-face.png"
    )
    Image.open(io.BytesIO(picture("standing-woman", width=SIDE, height=SIDE))).convert("RGB").save(
        folder / "image-person.png"
    )
    _make_mask().save(folder / "image-mask.png")
    _make_mask().resize(CLIP_SIZE).save(folder / MASK_OF_CLIP)
    _make_cutout(image).save(folder / "image-cutout.png")
    _make_lines().save(folder / "image-line.png")
    _write_sound(folder / "audio.wav")
    _write_clip(folder / "video.mp4", [image])
    _write_clip(folder / "video-mask.mp4", [_make_mask()], has_sound=False)
    (folder / "document.txt").write_text("A red kite flies over a green hill.", "utf-8")
    (folder / "link.html").write_text("<p>A red kite flies over a green hill.</p>", "utf-8")


def fill(value: Any, base_url: str) -> Any:
    """Put a file's address in the place of every `media:KIND[:VARIANT]`."""
    match value:
        case str() if value.startswith("media:"):
            name = value.removeprefix("media:").replace(":", "-")
            return f"{base_url}/{name}.{_ENDINGS[name.partition('-')[0]]}"
        case dict():
            return {name: fill(member, base_url) for name, member in value.items()}
        case list() | tuple():
            return [fill(item, base_url) for item in value]
        case _:
            return value


_ENDINGS = {"image": "png", "video": "mp4", "audio": "wav", "document": "txt", "link": "html"}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of 127.0.0.1."""
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(_QuietHandler, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def _paint(prompt: str) -> Image.Image:
    order = PictureOrder(
        prompt=prompt,
        negative_prompt="",
        width_pixels=SIDE,
        height_pixels=SIDE,
        seed=5,
        watermark="",
    )
    return Image.open(io.BytesIO(paint(order))).convert("RGB")


def _make_mask() -> Image.Image:
    mask = Image.new("RGB", (SIDE, SIDE))
    ImageDraw.Draw(mask).ellipse((200, 200, 560, 560), fill="white")
    return mask


def _make_cutout(image: Image.Image) -> Image.Image:
    cutout = image.convert("RGBA")
    cutout.putalpha(_make_mask().convert("L"))
    return cutout


def _make_lines() -> Image.Image:
    lines = Image.new("RGB", (SIDE, SIDE), "white")
    draw = ImageDraw.Draw(lines)
    draw.polygon(((384, 120), (640, 400), (128, 400)), outline="black", width=6)
    draw.rectangle((190, 400, 580, 660), outline="black", width=6)
    return lines


def _make_samples() -> np.ndarray:
    time = np.arange(SECONDS * SAMPLES_PER_SECOND) / SAMPLES_PER_SECOND
    loud = np.sin(2 * np.pi * 2 * time) > 0
    return (np.sin(2 * np.pi * 330 * time) * loud * 12_000).astype(np.int16)


def _write_sound(path: Path) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLES_PER_SECOND)
        file.writeframes(_make_samples().tobytes())


def _write_clip(path: Path, pictures: list[Image.Image], *, has_sound: bool = True) -> None:
    with av.open(str(path), "w") as file:
        video = file.add_stream("libx264", rate=FRAMES_PER_SECOND)
        video.width, video.height = CLIP_SIZE
        video.pix_fmt = "yuv420p"
        sound = file.add_stream("aac", rate=SAMPLES_PER_SECOND) if has_sound else None
        still = pictures[0].resize(CLIP_SIZE)
        for number in range(SECONDS * FRAMES_PER_SECOND):
            frame = still.copy()
            left = 20 + number * 8
            ImageDraw.Draw(frame).rectangle((left, 260, left + 90, 520), fill=(220, 60, 40))
            file.mux(video.encode(av.VideoFrame.from_image(frame)))
        file.mux(video.encode())
        if sound is not None:
            samples = av.AudioFrame.from_ndarray(
                _make_samples()[None, :], format="s16", layout="mono"
            )
            samples.sample_rate = SAMPLES_PER_SECOND
            samples.time_base = Fraction(1, SAMPLES_PER_SECOND)
            file.mux(sound.encode(samples))
            file.mux(sound.encode())
