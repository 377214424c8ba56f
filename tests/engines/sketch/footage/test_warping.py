"""Meshes bend pictures: nothing where nothing is asked, and by as much as is asked."""

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.footage.warping import Mesh


def test_a_mesh_at_rest_changes_no_pixel() -> None:
    picture = Image.fromarray(paint_scene("a cat", width=131, height=77, seed=1))
    mesh = Mesh(*picture.size)

    bent = mesh.bend(picture, np.zeros_like(mesh.x), np.zeros_like(mesh.y))

    assert np.array_equal(np.asarray(bent), np.asarray(picture))


def test_a_mesh_takes_colours_from_where_it_is_told() -> None:
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[:, 40:] = 255
    mesh = Mesh(80, 60)

    bent = mesh.bend(Image.fromarray(pixels), np.full_like(mesh.x, 10.0), np.zeros_like(mesh.y))

    light = np.asarray(bent)[30, :, 0] > 127
    assert light.argmax() == 30
