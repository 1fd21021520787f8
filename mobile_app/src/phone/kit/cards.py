"""Titled parts, cards, and tiles to tap."""

from collections.abc import Sequence

import flet as ft

from phone.base.look import Look
from phone.kit.controls import Face, Handler, tappable
from phone.kit.text import fits, heading, text


def titled(look: Look, title: str, parts: list[ft.Control], *, help: str = "") -> ft.Control:
    """A part of the screen with its own heading."""
    head: list[ft.Control] = [heading(title, "strong", look.palette.ink)]
    if help:
        head.append(text(help, "small", look.palette.muted))
    return ft.Column(
        [ft.Column(head, spacing=2, tight=True), *parts],
        spacing=8,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def card(look: Look, parts: list[ft.Control], *, spacing: float = 8) -> ft.Control:
    """Things that belong together, on raised ground."""
    return ft.Container(
        content=ft.Column(parts, spacing=spacing, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=look.palette.raised,
        border=ft.Border.all(1, look.palette.line),
        border_radius=12,
        padding=ft.Padding.all(16),
    )


def tile(look: Look, sign: ft.IconData, label: str, handler: Handler | str, *, key: str) -> ft.Control:
    """A sign over a word or two; an address instead of what is done is opened."""
    palette = look.palette
    both = ft.Column(
        [
            ft.Icon(sign, size=24, color=palette.accent),
            text(label, "button", palette.ink, align=ft.TextAlign.CENTER),
        ],
        spacing=4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    face = Face(
        colour=palette.fill,
        radius=12,
        padding=ft.Padding.symmetric(horizontal=4, vertical=10),
        align=ft.Alignment.CENTER,
    )
    return tappable(look, both, handler, face=face, key=key)


def tiles_in(tiles: Sequence[ft.Control], told: Sequence[str], *, room: float) -> ft.Control:
    """Tiles abreast where every word of theirs stands whole, else one below the other."""
    each = (room - 8 * (len(tiles) - 1)) / len(tiles) - 8
    if not all(fits(word, "button", each) for label in told for word in label.split(" ")):
        return ft.Column([*tiles], spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    for one in tiles:
        one.expand = True
    return ft.Row([*tiles], spacing=8, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH)
