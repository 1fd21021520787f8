"""A severity is always a colour, a shape and a word."""

import flet as ft
from flet import canvas

from phone.base.look import Look
from phone.kit.marks import SIZE, pill


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


def severity_pill(look: Look, severity: str) -> ft.Container:
    """Shape and word of a severity."""
    colour = severity_colour(look, severity)
    word = look.words(f"severity.{severity}")
    return pill(word, colour, severity_ground(look, severity), sign=shape(severity, colour, 10))
