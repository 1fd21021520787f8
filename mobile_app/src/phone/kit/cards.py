"""Titled parts and cards."""

import flet as ft

from phone.base.look import Look
from phone.kit.text import heading, text


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
