"""What a component is now: always a colour, a shape and a word."""

from typing import Final

import flet as ft
from flet import canvas

from phone.base.look import Look
from phone.kit.marks import SIZE, pill
from phone.kit.text import text
from shared.domain.status.events import Impact

LINE: Final = 1.6


def impact_colour(look: Look, impact: Impact) -> str:
    """Ink of an impact."""
    palette = look.palette
    return {
        "operational": palette.ok,
        "degraded_performance": palette.warning,
        "partial_outage": palette.partial,
        "full_outage": palette.critical,
        "under_maintenance": palette.maintenance,
    }[impact]


def impact_ground(look: Look, impact: Impact) -> str:
    """Ground of an impact's pill or banner."""
    palette = look.palette
    return {
        "operational": palette.ok_bg,
        "degraded_performance": palette.warning_bg,
        "partial_outage": palette.partial_bg,
        "full_outage": palette.critical_bg,
        "under_maintenance": palette.maintenance_bg,
    }[impact]


def impact_mark(look: Look, impact: Impact, size: float = SIZE) -> ft.Control:
    """Tick, triangle, half diamond, diamond, or a square in a square; the word beside it speaks for it."""
    colour = impact_colour(look, impact)
    fill = ft.Paint(color=colour, style=ft.PaintingStyle.FILL)
    line = ft.Paint(color=colour, style=ft.PaintingStyle.STROKE, stroke_width=LINE)
    half = size / 2
    diamond = [(half, 0.5), (size - 0.5, half), (half, size - 0.5), (0.5, half)]
    parts: list[canvas.Shape]
    if impact == "operational":
        thick = ft.Paint(color=colour, style=ft.PaintingStyle.STROKE, stroke_width=2)
        parts = [
            canvas.Path(
                _steps([(size * 0.12, size * 0.55), (size * 0.4, size * 0.82), (size * 0.9, size * 0.22)]), thick
            )
        ]
    elif impact == "degraded_performance":
        parts = [
            canvas.Path(
                [*_steps([(half, size * 0.06), (size, size * 0.92), (0, size * 0.92)]), canvas.Path.Close()], fill
            )
        ]
    elif impact == "full_outage":
        parts = [canvas.Path([*_steps(diamond), canvas.Path.Close()], fill)]
    elif impact == "partial_outage":
        left = [(half, 0.5), (half, size - 0.5), (0.5, half)]
        parts = [
            canvas.Path([*_steps(diamond), canvas.Path.Close()], line),
            canvas.Path([*_steps(left), canvas.Path.Close()], fill),
        ]
    else:
        inner = size * 0.34
        parts = [
            canvas.Rect(1, 1, size - 2, size - 2, border_radius=2, paint=line),
            canvas.Rect((size - inner) / 2, (size - inner) / 2, inner, inner, paint=fill),
        ]
    return canvas.Canvas(parts, width=size, height=size)


def _steps(points: list[tuple[float, float]]) -> list[canvas.Path.PathElement]:
    first, *others = points
    return [canvas.Path.MoveTo(*first), *(canvas.Path.LineTo(x, y) for x, y in others)]


def impact_word(look: Look, impact: Impact) -> ft.Control:
    """Shape and word, in one line."""
    word = text(look.words(f"impact.{impact}"), "label", impact_colour(look, impact))
    return ft.Row([impact_mark(look, impact, 12), word], spacing=6, tight=True)


def impact_pill(look: Look, impact: Impact) -> ft.Container:
    """The same on its ground."""
    word = look.words(f"impact.{impact}")
    return pill(word, impact_colour(look, impact), impact_ground(look, impact), sign=impact_mark(look, impact, 10))
