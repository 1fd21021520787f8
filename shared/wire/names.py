"""Names as they may stand anywhere: in one line, with nothing that moves a cursor or turns the direction of others."""

import re
from typing import Any

import msgspec
from msgspec import Struct

SAID_IN_ONE_LINE = ("name", "title")
_ESCAPED = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")
"""What terminals take for orders (ECMA-48)."""
_BREAKS = re.compile("[\x01-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Marks of direction (UAX 9), and the mark of byte order."""


def plain(text: str) -> str:
    """The text without escapes and marks of direction, breaks as one blank; NUL stays, and is refused elsewhere."""
    if text.isascii() and text.isprintable():
        return text
    return _TURNS.sub("", _BREAKS.sub(" ", _ESCAPED.sub("", text))).strip()


class Named(Struct, frozen=True):
    """What somebody gives a name or a title: raises ValueError when nothing is left of it."""

    def __post_init__(self) -> None:
        for field in SAID_IN_ONE_LINE:
            given: Any = getattr(self, field, None)
            if not isinstance(given, str) or (kept := plain(given)) == given:
                continue
            if not kept:
                raise ValueError(f"Object missing required field `{field}`")
            msgspec.structs.force_setattr(self, field, kept)
