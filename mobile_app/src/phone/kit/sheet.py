"""A sheet from below that asks once."""

from collections.abc import Callable
from typing import Any, Final

import flet as ft

from phone.base.link import Link
from phone.base.look import Look
from phone.kit.text import heading, text

STILL: Final = ft.AnimationStyle(duration=0, reverse_duration=0)
"""For whoever asked their device for less motion: there at once, and gone at once."""


@ft.component
def Unreached(look: Look, link: Link) -> ft.Control:
    """Said in the sheet itself, for the banner lies dimmed behind it; nothing of it is sent meanwhile."""
    if link.online:
        return ft.Container(height=0)
    palette = look.palette
    sign = ft.Icon(ft.Icons.CLOUD_OFF_OUTLINED, size=22, color=palette.warning)
    told = text(look.words("offline.sheet"), "small", palette.ink, expand=True)
    return ft.Semantics(
        live_region=True,
        content=ft.Container(
            content=ft.Row([sign, told], spacing=12),
            bgcolor=palette.warning_bg,
            border_radius=10,
            margin=ft.Margin.only(top=12),
            padding=ft.Padding.symmetric(horizontal=12, vertical=8),
        ),
    )


def sheet(
    look: Look, title: str, parts: list[ft.Control], close: Callable[[], Any], *, only_here: bool = False
) -> ft.BottomSheet:
    """Title, parts, and nothing else to look at. What is shown `only_here`, once, is not swept away by a tap beside."""
    palette = look.palette

    head = ft.Column(
        [heading(title, "title", palette.ink), Unreached(look, look.link)],
        spacing=0,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )

    def dismissed(_: ft.Event[Any]) -> None:
        close()

    return ft.BottomSheet(
        content=ft.Container(
            content=ft.Row(
                [
                    ft.Column(
                        [head, *parts],
                        spacing=16,
                        tight=True,
                        expand=True,
                        scroll=ft.ScrollMode.AUTO,
                        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                    )
                ],
                intrinsic_height=True,
            ),
            padding=ft.Padding.only(left=20, right=20, top=20 if only_here else 4, bottom=24),
        ),
        bgcolor=palette.raised,
        barrier_color=palette.scrim,
        scrollable=True,
        dismissible=not only_here,
        show_drag_handle=not only_here,
        shape=ft.RoundedRectangleBorder(radius=ft.BorderRadius.only(top_left=20, top_right=20)),
        size_constraints=ft.BoxConstraints(max_width=560),
        on_dismiss=dismissed,
        animation_style=None if look.habits.moves else STILL,
    )
