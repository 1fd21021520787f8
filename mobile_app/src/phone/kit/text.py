"""Text in the scale, plain or with parts of a sentence set apart."""

from collections.abc import Mapping
from math import ceil
from typing import Final

import flet as ft

from phone.base.i18n import Pieces
from phone.base.theme import SCALE, TextRole, enlargement, style

UNBREAKING: Final = "\u2011"
# How wide letters are, in sizes of the type: on average, and from where on they are squares.
LETTER: Final = 0.58
HAN: Final = 0x2E80
MOST: Final = 2.0


def text(  # noqa: PLR0913 one for each thing a piece of text has
    value: str,
    role: TextRole,
    colour: str,
    *,
    lines: int | None = None,
    bold: bool = False,
    expand: bool = False,
    align: ft.TextAlign = ft.TextAlign.START,
    label: str | None = None,
    most: float = MOST,
) -> ft.Text:
    """One piece of text; `lines` cuts it with an ellipsis, and it grows `most` times where its room doesn't."""
    return ft.Text(
        value,
        style=style(role, colour, bold=bold, most=most),
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
        expand=expand or None,
        text_align=align,
        semantics_label=label,
    )


def heading(
    value: str,
    role: TextRole,
    colour: str,
    *,
    level: int = 2,
    lines: int | None = None,
    bold: bool = False,
    most: float = MOST,
) -> ft.Semantics:
    """Text that a screen reader announces as a heading; names such as eu-west and figures such as 5 % stay whole."""
    whole = value.replace("-", UNBREAKING).replace(" %", "\u00a0%")
    shown = text(whole, role, colour, lines=lines, bold=bold, label=value, most=most)
    return ft.Semantics(header=True, heading_level=level, content=shown)


def sentence(
    pieces: Pieces,
    role: TextRole,
    colour: str,
    *,
    apart: Mapping[str, str],
    bold: bool = False,
    lines: int | None = None,
) -> ft.Text:
    """A sentence whose named arguments are set bold in their own colour."""
    plain = style(role, colour, bold=bold)
    return ft.Text(
        spans=[
            ft.TextSpan(
                part,
                style=style(role, apart[name], bold=True) if name is not None and name in apart else plain,
            )
            for part, name in pieces
        ],
        style=plain,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.CLIP,
        semantics_label="".join(part for part, _ in pieces),
    )


def width_of(told: str, role: TextRole, *, letter: float = LETTER) -> float:
    """About how wide a text is as it was designed; wide letters are counted wide."""
    size = SCALE[role][0]
    return sum(size if ord(each) > HAN else size * letter for each in told)


def whole_words(told: str, role: TextRole, room: float) -> float:
    """How many times a text may grow before its longest word stands no more in so much room; once at least."""
    longest = max((width_of(each, role) for each in told.split()), default=0.0)
    return max(1.0, min(MOST, room / longest)) if longest else MOST


def lines_for(lines: int) -> int:
    """How many lines say as much as these do where the text is as it was designed."""
    return ceil(lines * enlargement())


def fits(told: str, role: TextRole, room: float, *, letter: float = LETTER) -> bool:
    """Whether a text will stand in so much room, as large as the reader has it."""
    return width_of(told, role, letter=letter) * enlargement() <= room
