"""The icon font that the app's pages need: of Material's 8,600 signs those that our sources name."""

import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

LOOKS: Final = ("_outlined", "_rounded", "_sharp")
"""How the names of all but the first look end, which the font calls `baseline`."""
NAMED: Final = re.compile(r"\bIcons\.([A-Z0-9_]+)")
DRAWN_BY_CONTROLS: Final = frozenset(
    [
        "ARROW_BACK",
        "ARROW_BACK_IOS",
        "ARROW_BACK_IOS_NEW_ROUNDED",
        "ARROW_DROP_DOWN",
        "ARROW_DROP_UP",
        "ARROW_DOWNWARD",
        "ARROW_UPWARD",
        "CANCEL",
        "CALENDAR_TODAY",
        "CHECK",
        "CHEVRON_LEFT",
        "CHEVRON_RIGHT",
        "CLEAR",
        "CLOSE",
        "EDIT",
        "EDIT_OUTLINED",
        "ERROR",
        "EXPAND_MORE",
        "KEYBOARD_ARROW_DOWN",
        "KEYBOARD_ARROW_UP",
        "KEYBOARD_OUTLINED",
        "MENU",
        "MORE_HORIZ",
        "MORE_VERT",
        "PERSON",
        "REMOVE",
        "SEARCH",
        "ACCESS_TIME",
        "UNFOLD_MORE",
        "WARNING",
    ]
)
"""What Material's own controls show without being told to."""


def named_in(folder: Path) -> set[str]:
    """Every X of `ft.Icons.X` in the sources under `folder`."""
    return {name for path in folder.rglob("*.py") for name in NAMED.findall(path.read_text("utf-8"))}


def glyph_of(name: str) -> str:
    """What the font calls the icon that Flet calls `name`: ADD is add_baseline, ADD_OUTLINED add_outlined."""
    glyph = name.lower()
    return glyph if glyph.endswith(LOOKS) else f"{glyph}_baseline"


def cut(font: Path, names: Iterable[str]) -> bytes:
    """The font with the glyphs of `names` alone; KeyError names those that it does not have."""
    whole: Any = TTFont(font)
    codes = {glyph: code for code, glyph in whole.getBestCmap().items()}
    wanted = {name: glyph_of(name) for name in names}
    if missing := sorted(name for name, glyph in wanted.items() if glyph not in codes):
        raise KeyError(", ".join(missing))
    options = Options()
    options.hinting = False
    options.desubroutinize = True
    subsetter: Any = Subsetter(options)
    subsetter.populate(unicodes=[0x20, *(codes[glyph] for glyph in wanted.values())])
    subsetter.subset(whole)
    written = io.BytesIO()
    whole.save(written)
    return written.getvalue()
