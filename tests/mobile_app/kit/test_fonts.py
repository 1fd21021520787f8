"""Every character that the app can show by itself has a glyph, in both weights."""

from pathlib import Path
from typing import Any, cast

import pytest
from fontTools.ttLib import TTFont

from phone.base.i18n import catalogue
from phone.base.theme import CHINESE_FONTS, LATIN_FONTS

ASSETS = Path(__file__).parents[3] / "mobile_app" / "src" / "assets"


def glyphs(path: str) -> dict[int, str]:
    return cast(dict[int, str], cast(Any, TTFont(ASSETS / path.lstrip("/"))).getBestCmap())


def characters(language: str) -> set[int]:
    texts = catalogue(language).values()
    whole = "".join(text if isinstance(text, str) else "".join(text.values()) for text in texts)
    return {ord(letter) for letter in whole + "·…—–×\u00a0\u2011“”‘’"}


@pytest.mark.parametrize("path", LATIN_FONTS.values())
def test_inter_has_every_character_of_the_english_catalogue(path: str) -> None:
    chinese_name_of_itself = {ord(letter) for letter in "中文切换到"}
    missing = characters("en") - glyphs(path).keys() - chinese_name_of_itself
    assert not missing, "".join(map(chr, missing))


@pytest.mark.parametrize(
    ("latin", "chinese"), [*zip(LATIN_FONTS.values(), [*CHINESE_FONTS.values()] * 2, strict=False)]
)
def test_the_fonts_together_have_every_character_of_the_chinese_catalogue(latin: str, chinese: str) -> None:
    missing = characters("zh") - glyphs(latin).keys() - glyphs(chinese).keys()
    assert not missing, "".join(map(chr, missing))


def test_digits_of_text_are_tabular() -> None:
    font: Any = TTFont(ASSETS / "fonts" / "Inter-Regular.otf")
    cmap, widths = font.getBestCmap(), font["hmtx"]
    assert len({widths[cmap[ord(digit)]][0] for digit in "0123456789"}) == 1


def test_each_font_has_its_licence_beside_it() -> None:
    for name in ("OFL-Inter.txt", "OFL-NotoSansSC.txt"):
        text = (ASSETS / "fonts" / name).read_text(encoding="utf-8")
        assert "SIL OPEN FONT LICENSE" in text
        assert "PERMISSION" in text
