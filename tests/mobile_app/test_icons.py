"""The icon font that the app's pages get has what the app shows."""

import io
from pathlib import Path
from typing import Any

import flet_web
import pytest
from fontTools.ttLib import TTFont

from mobile_app import icons
from mobile_app.page import ICONS, SOURCE

FONT = Path(flet_web.get_package_web_dir()) / ICONS


def test_every_icon_of_the_sources_is_in_the_font_and_hardly_another() -> None:
    named = icons.named_in(SOURCE / "phone")
    assert named >= {"NOTIFICATIONS_ACTIVE_OUTLINED", "ARROW_BACK"}
    cut: Any = TTFont(io.BytesIO(icons.cut(FONT, named | icons.DRAWN_BY_CONTROLS)))
    whole: Any = TTFont(FONT)
    kept = cut.getBestCmap()
    assert {icons.glyph_of(name) for name in named} <= set(kept.values())
    assert {code: whole.getBestCmap()[code] for code in kept} == kept
    assert len(kept) < 200


def test_an_icon_that_the_font_does_not_have_is_named() -> None:
    with pytest.raises(KeyError, match="NO_SUCH_ICON"):
        icons.cut(FONT, {"ADD", "NO_SUCH_ICON"})
