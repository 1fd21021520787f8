"""A label of an alert: its name quiet, its value plain."""

import flet as ft

from phone.base.look import Look
from phone.kit.text import text


def label_chip(look: Look, name: str, value: str) -> ft.Control:
    """To read, not to tap."""
    palette = look.palette
    return ft.Container(
        border=ft.Border.all(1, palette.line),
        border_radius=999,
        padding=ft.Padding.symmetric(horizontal=12, vertical=5),
        content=ft.Text(
            spans=[
                ft.TextSpan(f"{name} ", style=text("", "small", palette.muted).style),
                ft.TextSpan(value, style=text("", "small", palette.ink).style),
            ],
            semantics_label=label_text(name, value),
        ),
    )


def label_text(name: str, value: str) -> str:
    """The same in plain words, where it can be tapped."""
    return f"{name} {value}"
