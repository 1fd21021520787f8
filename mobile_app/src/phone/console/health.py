"""How an object of the Console does: colour, sign and words together."""

import flet as ft

from phone.alerts.severity import shape
from phone.base.look import Look
from phone.console.form.kind import Health, Tone
from phone.kit.marks import pill, tick
from phone.kit.text import text


def colour_of(look: Look, tone: Tone) -> str:
    """What is written in this tone."""
    return _colours(look, tone)[0]


def _colours(look: Look, tone: Tone) -> tuple[str, str]:
    palette = look.palette
    return {
        "ok": (palette.ok, palette.ok_bg),
        "warning": (palette.warning, palette.warning_bg),
        "critical": (palette.critical, palette.critical_bg),
        "quiet": (palette.muted, palette.fill),
    }[tone]


def sign(look: Look, tone: Tone, size: float = 14) -> ft.Control:
    """A tick, a triangle, a diamond or a hollow dot, as high as it is wide."""
    colour, _ = _colours(look, tone)
    if tone == "ok":
        return tick(colour, size)
    if tone == "quiet":
        dot = ft.Container(width=size - 4, height=size - 4, border_radius=size, border=ft.Border.all(2, colour))
        return ft.Container(content=dot, width=size, height=size, alignment=ft.Alignment.CENTER)
    drawn = ft.Container(content=shape(tone, colour, size - 2), width=size - 2, height=size - 2)
    return ft.Container(content=drawn, width=size, height=size, alignment=ft.Alignment.CENTER)


def health_pill(look: Look, health: Health) -> ft.Container:
    """Beside a title."""
    colour, ground = _colours(look, health.tone)
    return pill(health.text, colour, ground, sign=sign(look, health.tone, 14))


def health_line(look: Look, health: Health) -> ft.Control:
    """Under a row."""
    colour, _ = _colours(look, health.tone)
    return ft.Row(
        [sign(look, health.tone, 14), text(health.text, "small", colour, lines=1, expand=True)],
        spacing=6,
    )
