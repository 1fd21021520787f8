"""How an incident's buttons stand: one row from 1024 dp on, where their words are whole in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import flet as ft

from phone.base.look import Look
from phone.base.theme import RAIL, enlargement, list_width
from phone.kit.controls import Face, Handler, icon, quiet, tappable
from phone.kit.text import text, whole_words, width_of

GAP: Final = 8
BESIDE_WORD: Final = 64
"""What a button has beside its word: sign, space and edges."""
BESIDE_PRIMARY: Final = 44
SIGN_ONLY: Final = 48
SIGN_WIDTH: Final = 74
SIGN_TEXT: Final = 1.4
"""How many times the word under a sign grows at most."""


@dataclass(frozen=True)
class Primary:
    """The filled button, and how wide its word wants it."""

    button: ft.Control
    width: float

    @classmethod
    def of(cls, label: str, button: ft.Control) -> "Primary":
        """Of a button with this word on it."""
        return cls(button, width_of(label, "strong") * enlargement() + BESIDE_PRIMARY)


@dataclass(frozen=True)
class Other:
    """One of the verbs beside it; `name` is the catalogue's `verb.…`."""

    name: str
    sign: ft.IconData
    handler: Handler

    def word(self, look: Look) -> str:
        """What it is called."""
        return look.words(f"verb.{self.name}")

    def width(self, look: Look) -> float:
        """In one row, in dp."""
        if self.name == "more":
            return SIGN_ONLY
        return width_of(self.word(look), "button") * enlargement() + BESIDE_WORD

    def as_button(self, look: Look) -> ft.Control:
        """Bordered, sign and word side by side; what holds the rest needs no word."""
        if self.name == "more":
            return icon(look, self.sign, self.word(look), self.handler, key=self.name)
        return quiet(look, self.word(look), self.handler, icon=self.sign, key=self.name)

    def as_sign(self, look: Look, most: float) -> ft.Control:
        """The word below the sign."""
        ink = look.palette.ink
        word = text(self.word(look), "caption", ink, lines=2, align=ft.TextAlign.CENTER, most=most)
        both = ft.Column(
            [ft.Icon(self.sign, size=24, color=ink), word],
            spacing=4,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )
        face = Face(padding=ft.Padding.symmetric(horizontal=2, vertical=8), radius=10, align=ft.Alignment.CENTER)
        return tappable(look, both, self.handler, face=face, key=self.name)


def laid_out(look: Look, first: Primary | None, others: Sequence[Other], margin: float) -> ft.Control:
    """In one row where all words stand whole in it, else with the word under each sign, else below each other."""
    room = (look.width - RAIL - list_width(look.width) - 2 if look.is_split else look.width) - 2 * margin
    spare = room - (first.width if first is not None else 0)
    if look.is_split and sum(GAP + each.width(look) for each in others) <= spare:
        return _row(first, [each.as_button(look) for each in others])
    own_room = SIGN_WIDTH if look.is_split else room / max(1, len(others))
    # All in one size, that of the longest word.
    most = min([SIGN_TEXT, *(whole_words(each.word(look), "caption", own_room - 4) for each in others)])
    signs = [each.as_sign(look, most) for each in others]
    if look.is_split and len(others) * (GAP + SIGN_WIDTH) <= spare:
        return _row(first, [ft.Container(content=each, width=SIGN_WIDTH) for each in signs])
    below = [ft.Row([ft.Container(content=each, expand=True) for each in signs], spacing=0)] if signs else []
    above = [first.button] if first is not None else []
    return ft.Column([*above, *below], spacing=4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def _row(first: Primary | None, others: Sequence[ft.Control]) -> ft.Control:
    head = [ft.Container(content=first.button, expand=True)] if first is not None else []
    return ft.Row([*head, *others], spacing=GAP)
