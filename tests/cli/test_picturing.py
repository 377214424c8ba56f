"""Pictures in the terminal: what is sent is read back as a terminal would."""

import base64
import re
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from rich.console import Console

from kaiga.cli.following import TaskNews
from kaiga.cli.picturing.asking import Way, find_way
from kaiga.cli.picturing.half_blocks import HalfBlocks
from kaiga.cli.picturing.opening import open_picture
from kaiga.cli.picturing.protocols import write_iterm, write_kitty
from kaiga.cli.picturing.window import Window
from kaiga.cli.progress import describe
from kaiga.domain.tasks import TaskStatus
from pseudo_terminal import run_on_terminal

KITTY = b"\x1b_Gi=31;OK\x1b\\\x1b[?62;c"
ORDER = ("generate", "a cat", "--size", "768x768", "--no-extend")


def read_kitty(written: bytes) -> tuple[str, bytes]:
    """The controls of the first chunk, and the file that all chunks hold."""
    chunks = re.findall(rb"\x1b_G([^;\x1b]*);([^\x1b]*)\x1b\\", written)
    assert all(len(data) <= 4096 for _, data in chunks)
    assert [b"m=1" in controls for controls, _ in chunks] == [True] * (len(chunks) - 1) + [False]
    return chunks[0][0].decode(), base64.b64decode(b"".join(data for _, data in chunks))


def draw(picture: Image.Image, columns: int, rows: int, *, has_all_colours: bool) -> list[str]:
    out = StringIO()
    system: Any = "truecolor" if has_all_colours else "256"
    console = Console(file=out, force_terminal=True, color_system=system, width=200)
    blocks = HalfBlocks(picture, columns, rows, has_all_colours=has_all_colours)
    console.print(blocks, end="")
    return out.getvalue().splitlines()


def test_kittys_chunks_hold_the_file_and_say_how_large_it_is_to_be():
    file = bytes(range(256)) * 60

    controls, read = read_kitty(write_kitty(file, 40, 20).encode())

    assert read == file
    assert {"a=T", "f=100", "q=2", "c=40", "r=20", "m=1"} <= set(controls.split(","))


def test_iterms_sequence_holds_the_file_with_its_length():
    written = write_iterm(b"picture", 40, 20)

    assert written.startswith("\x1b]1337;File=inline=1;size=7;width=40;height=20;")
    assert written.endswith(":" + base64.b64encode(b"picture").decode() + "\x07")


def test_a_cell_has_the_colours_of_the_two_pixels_that_it_stands_for():
    picture = Image.new("RGB", (2, 4))
    picture.putdata(
        [(255, 0, 0), (0, 255, 0), (0, 0, 255), (9, 9, 9), *[(1, 2, 3)] * 2, *[(4, 5, 6)] * 2]
    )

    first, second = draw(picture, 2, 2, has_all_colours=True)

    assert first.count("▀") == second.count("▀") == 2
    assert "38;2;255;0;0;48;2;0;0;255m▀" in first
    assert "38;2;0;255;0;48;2;9;9;9m▀" in first
    assert second.count("38;2;1;2;3;48;2;4;5;6m▀") == 2


def test_in_256_colours_the_users_own_sixteen_are_left_alone():
    picture = Image.radial_gradient("L").convert("RGB")

    used = [
        int(number)
        for line in draw(picture, 40, 20, has_all_colours=False)
        for number in re.findall(r"[34]8;5;(\d+)", line)
    ]

    assert min(used) >= 16
    assert len(set(used)) > 10


def test_what_is_transparent_is_black():
    (line,) = draw(Image.new("RGBA", (4, 4), (255, 255, 255, 0)), 1, 1, has_all_colours=True)

    assert "38;2;0;0;0;48;2;0;0;0m" in line


@pytest.mark.parametrize(
    ("pixels", "cells"),
    [((1024, 1024), (54, 27)), ((1920, 480), (80, 10)), ((64, 64), (8, 4)), ((1, 9000), (1, 27))],
)
def test_a_picture_keeps_its_ratio_and_leaves_room_for_the_prompt(
    pixels: tuple[int, int], cells: tuple[int, int]
):
    assert Window(columns=80, rows=30).fit(*pixels) == cells


@pytest.mark.parametrize(
    ("environment", "way"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, Way.ALL_COLOURS),
        ({"TERM": "xterm-256color"}, Way.PALETTE),
        ({"TERM": "xterm", "TERM_PROGRAM": "iTerm.app"}, Way.ITERM),
        ({"TERM": "screen", "TERM_PROGRAM": "iTerm.app", "TMUX": "1"}, Way.PALETTE),
        ({"TERM": "dumb"}, None),
        ({}, None),
        ({"TERM": "xterm", "COLORTERM": "truecolor", "NO_COLOR": "1"}, None),
    ],
)
def test_the_environment_says_what_the_terminal_does_not(
    environment: dict[str, str], way: Way | None
):
    assert find_way(environment, terminal="/nowhere") is way


def test_a_file_that_is_no_picture_is_none(tmp_path: Path):
    (tmp_path / "sound.wav").write_bytes(b"RIFF....WAVE")

    assert open_picture(tmp_path / "sound.wav", None) is None


def test_a_picture_is_sent_to_a_terminal_that_answers_for_kittys_protocol(
    terminal: Any, at_server: dict[str, str]
):
    environment = terminal.environment({**at_server, "TERM": "xterm-kitty"})

    status, written = run_on_terminal(
        *ORDER, environment=environment, folder=terminal.folder, answer=KITTY
    )

    controls, file = read_kitty(written.split(b".png\r\n")[1])
    assert status == 0
    assert "c=54,r=27" in controls
    assert Image.open(BytesIO(file)).size == (54 * 8, 27 * 16)
    assert "▀".encode() not in written


def test_a_clip_is_shown_as_its_first_frame_with_half_blocks(
    terminal: Any, at_server: dict[str, str]
):
    Image.new("RGB", (640, 480), "skyblue").save(terminal.folder / "day.png")
    environment = terminal.environment({**at_server, "TERM": "xterm", "COLORTERM": "truecolor"})
    model = ("--model", "wanx2.1-i2v-turbo", "--duration", "3", "--resolution", "480P")

    status, written = run_on_terminal(
        "generate", "the leaves move", *model, "--image", "day.png",
        environment=environment, folder=terminal.folder,
    )  # fmt: skip

    shown = written.decode().split(".mp4\r\n")[1].split("\r\n")
    assert status == 0
    assert 1 < len(shown) - 1 <= 27
    assert {line.count("▀") for line in shown[:-1]} == {shown[0].count("▀")}
    assert "\x1b[38;2;" in shown[0]


@pytest.mark.parametrize(
    ("options", "settings"), [(("--no-preview",), {}), (("--json",), {}), ((), {"NO_COLOR": "1"})]
)
def test_no_picture_is_shown_where_none_is_wanted(
    terminal: Any, at_server: dict[str, str], options: tuple[str, ...], settings: dict[str, str]
):
    environment = terminal.environment({**at_server, "TERM": "xterm-kitty", **settings})

    status, written = run_on_terminal(
        *ORDER, *options, environment=environment, folder=terminal.folder, answer=KITTY
    )

    assert status == 0
    assert b".png" in written
    assert b"\x1b_G" not in written
    assert "▀".encode() not in written


def test_it_is_said_in_few_words_how_a_task_stands():
    running = TaskNews(
        task_id="1", task_status=TaskStatus.RUNNING, attempt=2, phase="generate", step=3, steps=20,
        eta_seconds=4.2,
    )  # fmt: skip
    waiting = TaskNews(task_id="1", task_status=TaskStatus.PENDING, phase="queue", queue_position=0)

    assert describe(running) == "RUNNING, generate 3/20, about 4 s left, try 2"
    assert describe(waiting) == "PENDING, place 1"
