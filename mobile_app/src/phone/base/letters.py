"""Which letters a window has: Chinese ones are 2.4 MB, and fetched where there is something to show in them."""

import re
from collections.abc import Callable
from typing import Final

from phone.base.theme import CHINESE_FONTS, CHOICE_FONTS, LATIN_FONTS

CHINESE: Final = re.compile(rb"[\xe3-\xe9][\x80-\xbf]{2}|\xef[\xbc-\xbf][\x80-\xbf]")
"""U+3000 to U+9FFF and U+FF00 to U+FFFF, in UTF-8."""


class Letters:
    """Tells `show` the files of the families that are needed, below `files`; what was shown stays."""

    def __init__(self, files: str, show: Callable[[dict[str, str]], None]) -> None:
        self._files = files
        self._show = show
        self.has_chinese = False
        show(self._at(LATIN_FONTS | CHOICE_FONTS))

    def meet(self, text: bytes) -> None:
        """Something in UTF-8 that will be drawn."""
        if not self.has_chinese and CHINESE.search(text):
            self.has_chinese = True
            self._show(self._at(LATIN_FONTS | CHOICE_FONTS | CHINESE_FONTS))

    def _at(self, families: dict[str, str]) -> dict[str, str]:
        return {family: f"{self._files}{path}" for family, path in families.items()}
