"""A sheet from below that asks once."""

from collections.abc import Callable
from typing import Any

import flet as ft

from phone.components.text import heading
from phone.state.look import Look


def sheet(
    look: Look, title: str, parts: list[ft.Control], close: Callable[[], Any], *, only_here: bool = False
) -> ft.BottomSheet:
    """Title, parts, and nothing else to look at. What is shown `only_here`, once, is not swept away by a tap beside."""
    palette = look.palette

    def dismissed(_: ft.Event[Any]) -> None:
        close()

    return ft.BottomSheet(
        content=ft.Container(
            content=ft.Column(
                [heading(title, "title", palette.ink), *parts],
                spacing=16,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=ft.Padding.only(left=20, right=20, top=4, bottom=24),
        ),
        bgcolor=palette.raised,
        barrier_color=palette.scrim,
        scrollable=True,
        dismissible=not only_here,
        show_drag_handle=not only_here,
        shape=ft.RoundedRectangleBorder(radius=ft.BorderRadius.only(top_left=20, top_right=20)),
        size_constraints=ft.BoxConstraints(max_width=560),
        on_dismiss=dismissed,
    )
