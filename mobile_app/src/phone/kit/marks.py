"""Small signs: words in a pill, a tick, a person's initials, the mark of the house."""

import flet as ft

from phone.base.look import Look
from phone.kit.text import text

SIZE = 14


def pill(word: str, colour: str, ground: str, *, sign: ft.Control | None = None) -> ft.Container:
    """A word on a round ground, with a sign before it."""
    parts: list[ft.Control] = [sign] if sign is not None else []
    return ft.Container(
        content=ft.Row([*parts, text(word, "label", colour)], spacing=6, tight=True),
        padding=ft.Padding.symmetric(horizontal=10, vertical=5),
        border_radius=999,
        bgcolor=ground,
    )


def tick(colour: str, size: float = 14) -> ft.Control:
    """A check mark."""
    return ft.Icon(ft.Icons.CHECK, size=size, color=colour)


def initials(name: str) -> str:
    """Two letters for a Latin name, the last two characters of a Chinese one."""
    words = name.split()
    if len(words) == 1 and any("\u4e00" <= letter <= "\u9fff" for letter in name):
        return name[-2:]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def avatar(look: Look, name: str, *, who: str | None = None, size: float = 36) -> ft.Container:
    """A person's initials, `who` is their id: the reader's own on the accent, others' on the colour that they have."""
    palette, hue = look.palette, look.hue_of(who)
    ground, ink = (hue.ground, hue.ink) if hue is not None else (palette.fill, palette.ink)
    if who and who == look.person:
        ground, ink = palette.accent, palette.on_accent
    return ft.Container(
        content=ft.Text(
            initials(name),
            style=text("", "label" if size > 32 else "caption", ink, most=1).style,
            semantics_label="",
        ),
        width=size,
        height=size,
        border_radius=size,
        bgcolor=ground,
        alignment=ft.Alignment.CENTER,
    )


def mark(look: Look, size: float) -> ft.Control:
    """Our own mark."""
    source = "/mark.svg" if look.brightness == "light" else "/mark-dark.svg"
    return ft.Image(src=source, width=size, height=size, exclude_from_semantics=True)
