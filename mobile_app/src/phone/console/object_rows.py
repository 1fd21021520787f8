"""Parts of the Console's screens that are no form: titled parts, cards, rows that lead to other objects."""

from typing import Any

import flet as ft

from phone.base.window import Window
from phone.console.form.kind import Known
from phone.console.health import health_line
from phone.console.kinds import KINDS
from phone.kit.controls import Face, tappable
from phone.kit.text import text


def object_row(window: Window, known: Known, slug: str, item: Any) -> ft.Control:
    """Another object, to go to."""
    look, palette, kind = window.look, window.look.palette, KINDS[slug]
    lines: list[ft.Control] = [text(kind.title(known, item), "strong", palette.ink)]
    health = kind.health(known, item)
    if health is not None:
        lines.append(health_line(look, health))
    row = ft.Row(
        [
            ft.Column(lines, spacing=2, tight=True, expand=True),
            ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=palette.muted),
        ]
    )
    return tappable(
        look,
        row,
        lambda: window.go(f"/configure/{slug}/{item.id}"),
        face=Face(padding=ft.Padding.symmetric(horizontal=16, vertical=12), radius=10),
        key=f"open-{item.id}",
    )


def object_rows(window: Window, known: Known, slug: str, items: list[Any]) -> ft.Control:
    """Several of them in one card."""
    rows: list[ft.Control] = []
    for item in items:
        if rows:
            rows.append(ft.Container(height=1, bgcolor=window.look.palette.line, margin=ft.Margin.only(left=16)))
        rows.append(object_row(window, known, slug, item))
    return ft.Container(
        content=ft.Column(rows, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=window.look.palette.raised,
        border=ft.Border.all(1, window.look.palette.line),
        border_radius=12,
    )
