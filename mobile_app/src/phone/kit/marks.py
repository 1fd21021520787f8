"""Small signs: a severity is always a colour, a shape and a word."""

import flet as ft
from flet import canvas

from phone.base.look import Look
from phone.kit.text import text
from shared.wire.incidents import State

SIZE = 14


def severity_colour(look: Look, severity: str) -> str:
    """The ink of a severity."""
    palette = look.palette
    return {"critical": palette.critical, "warning": palette.warning, "info": palette.info}[severity]


def severity_ground(look: Look, severity: str) -> str:
    """The ground of a severity's pill."""
    palette = look.palette
    return {"critical": palette.critical_bg, "warning": palette.warning_bg, "info": palette.info_bg}[severity]


def shape(severity: str, colour: str, size: float = SIZE) -> ft.Control:
    """Diamond, triangle or circle; the word beside it speaks for it."""
    half, paint = size / 2, ft.Paint(color=colour, style=ft.PaintingStyle.FILL)
    parts: list[canvas.Shape]
    if severity == "info":
        parts = [canvas.Circle(half, half, size * 0.42, paint)]
    else:
        corners = (
            [(half, 0), (size, half), (half, size), (0, half)]
            if severity == "critical"
            else [(half, size * 0.06), (size, size * 0.92), (0, size * 0.92)]
        )
        steps: list[canvas.Path.PathElement] = [canvas.Path.MoveTo(*corners[0])]
        steps += [canvas.Path.LineTo(x, y) for x, y in corners[1:]]
        parts = [canvas.Path([*steps, canvas.Path.Close()], paint)]
    return canvas.Canvas(parts, width=size, height=size)


def pill(word: str, colour: str, ground: str, *, sign: ft.Control | None = None) -> ft.Container:
    """A word on a round ground, with a sign before it."""
    parts: list[ft.Control] = [sign] if sign is not None else []
    return ft.Container(
        content=ft.Row([*parts, text(word, "label", colour)], spacing=6, tight=True),
        padding=ft.Padding.symmetric(horizontal=10, vertical=5),
        border_radius=999,
        bgcolor=ground,
    )


def severity_pill(look: Look, severity: str) -> ft.Container:
    """Shape and word of a severity."""
    colour = severity_colour(look, severity)
    word = look.words(f"severity.{severity}")
    return pill(word, colour, severity_ground(look, severity), sign=shape(severity, colour, 10))


def state_pill(look: Look, state: State, *, snoozed: bool = False) -> ft.Container:
    """The state in a word; what somebody has taken is green and ticked."""
    palette, word = look.palette, look.words(f"state.{state}")
    if snoozed and state == "acknowledged":
        sign = ft.Icon(ft.Icons.SNOOZE, size=14, color=palette.info)
        return pill(look.words("state.snoozed"), palette.info, palette.info_bg, sign=sign)
    if state == "triggered":
        return pill(word, palette.ink, palette.fill)
    return pill(word, palette.ok, palette.ok_bg, sign=tick(palette.ok))


def tick(colour: str, size: float = 14) -> ft.Control:
    """A check mark."""
    return ft.Icon(ft.Icons.CHECK, size=size, color=colour)


def initials(name: str) -> str:
    """Two letters for a Latin name, the last two characters of a Chinese one."""
    words = name.split()
    if len(words) == 1 and any("\u4e00" <= letter <= "\u9fff" for letter in name):
        return name[-2:]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def avatar(look: Look, name: str, *, size: float = 36, mine: bool = False) -> ft.Container:
    """A person's initials; the reader's own on the accent."""
    palette = look.palette
    return ft.Container(
        content=ft.Text(
            initials(name),
            style=text(
                "", "label" if size > 32 else "caption", palette.on_accent if mine else palette.ink, most=1
            ).style,
            semantics_label="",
        ),
        width=size,
        height=size,
        border_radius=size,
        bgcolor=palette.accent if mine else palette.fill,
        alignment=ft.Alignment.CENTER,
    )


def mark(look: Look, size: float) -> ft.Control:
    """Our own mark."""
    source = "/mark.svg" if look.brightness == "light" else "/mark-dark.svg"
    return ft.Image(src=source, width=size, height=size, exclude_from_semantics=True)
