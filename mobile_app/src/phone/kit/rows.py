"""Rows of a sheet: a sign, what it does, what that means."""

import flet as ft

from phone.base.look import Look
from phone.kit.controls import Face, Handler, tappable
from phone.kit.text import text


def deed_row(
    look: Look,
    sign: ft.IconData,
    label: str,
    handler: Handler,
    *,
    about: str = "",
    at_right: str = "",
    colour: str | None = None,
    key: str | None = None,
) -> ft.Control:
    """One thing to do, 48 dp at least."""
    palette = look.palette
    lines: list[ft.Control] = [text(label, "strong", colour or palette.ink)]
    if about:
        lines.append(text(about, "small", palette.muted))
    parts: list[ft.Control] = [
        ft.Icon(sign, size=22, color=colour or palette.muted),
        ft.Column(lines, spacing=1, tight=True, expand=True),
    ]
    if at_right:
        parts.append(text(at_right, "small", palette.muted))
    row = tappable(
        look,
        ft.Row(parts, spacing=16),
        handler,
        face=Face(padding=ft.Padding.symmetric(horizontal=8, vertical=14), radius=10),
        key=key,
    )
    # Its sign begins where the sheet's title does; what a finger veils is wider.
    stretched = ft.Column([row], tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Container(content=stretched, margin=ft.Margin.symmetric(horizontal=-8))


def way_row(
    look: Look,
    sign: ft.IconData,
    label: str,
    handler: Handler,
    *,
    value: str = "",
    warns: bool = False,
    key: str | None = None,
) -> ft.Control:
    """A row that leads on, with what is set there now."""
    palette = look.palette
    about: list[ft.Control] = []
    if value:
        about = [text(value, "small", palette.warning if warns else palette.muted)]
    row = ft.Row(
        [
            ft.Icon(sign, size=22, color=palette.warning if warns else palette.muted),
            ft.Column([text(label, "body", palette.ink), *about], spacing=1, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ],
        spacing=16,
    )
    return ft.Column(
        [
            tappable(look, row, handler, face=Face(padding=ft.Padding.symmetric(horizontal=20, vertical=13)), key=key),
            ft.Container(height=1, bgcolor=palette.line, margin=ft.Margin.only(left=58)),
        ],
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
