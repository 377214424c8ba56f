"""`python -m kaiga.cli.demo`: the picture is all that stays."""

from pathlib import Path
from typing import Any

from PIL import Image


def test_the_demo_saves_the_flower_shop_and_names_it_last(terminal: Any, tmp_path: Path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()

    done = terminal.run(
        module="kaiga.cli.demo",
        settings={"TMPDIR": str(temporary), "KAIGA_PORT": "not a port", "KAIGA_WORKERS": "0"},
    )

    assert done.status == 0, done.problems
    picture = Path(done.told.splitlines()[-1])
    assert picture == terminal.folder / "demo" / "flower-shop.png"
    with Image.open(picture) as opened:
        assert opened.size == (1024, 1024)
    assert list(temporary.iterdir()) == []
